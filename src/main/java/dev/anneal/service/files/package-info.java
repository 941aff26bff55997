/** Uploaded files: upload, status, list, deletion, expiry. What their rows hold is found out by {@code service.files.check}. */
@ApplicationModule(
        allowedDependencies = {
            "access :: quota",
            "access :: tenant",
            "access :: web",
            "models :: catalog",
            "platform :: database",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "storage"
        })
@NullMarked
package dev.anneal.service.files;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
