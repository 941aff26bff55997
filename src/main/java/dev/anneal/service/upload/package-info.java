/** Files that arrive in parts, within an hour: the parts are kept until the client says in which order they are a file. */
@ApplicationModule(
        allowedDependencies = {
            "access :: quota",
            "file",
            "platform :: database",
            "platform :: refusal",
            "platform :: role",
            "storage"
        })
@NullMarked
package dev.anneal.service.upload;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
