/**
 * What is found out about uploaded files in the background: whether their rows are right, and how many tokens they are to a model. Each
 * check is claimed in the database, so that any process may do it and a dead one's is done again.
 */
@ApplicationModule(
        allowedDependencies = {
            "file",
            "models :: catalog",
            "platform :: database",
            "platform :: refusal",
            "platform :: role",
            "storage"
        })
@NullMarked
package dev.anneal.service.filecheck;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
