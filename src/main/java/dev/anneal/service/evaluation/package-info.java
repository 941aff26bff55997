/** How many answers of a model match those of a test file. */
@ApplicationModule(
        allowedDependencies = {
            "catalog",
            "database",
            "export",
            "file",
            "history",
            "job",
            "queue",
            "refusal",
            "request",
            "settings"
        })
@NullMarked
package dev.anneal.service.evaluation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
