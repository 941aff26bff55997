/**
 * Fine-tuning jobs: what clients ask of them and what the queue makes of them. {@link dev.anneal.service.job.Jobs} is for requests;
 * workers publish through {@code service.training}.
 */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "files :: check",
            "history",
            "machine",
            "models :: catalog",
            "platform :: database",
            "platform :: paging",
            "platform :: process",
            "platform :: refusal",
            "platform :: role",
            "platform :: secret",
            "queue",
            "settings",
            "storage"
        })
@NullMarked
package dev.anneal.service.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
