/** Uploaded files: upload, status, list, deletion, expiry. What their rows hold, others find out. */
@ApplicationModule(
        allowedDependencies = {
            "access :: quota",
            "platform :: database",
            "platform :: paging",
            "platform :: refusal",
            "platform :: role",
            "storage"
        })
@NullMarked
package dev.anneal.service.file;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
