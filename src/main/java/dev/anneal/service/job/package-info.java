/**
 * Fine-tuning jobs: what clients ask of them, what the queue makes of them, and what workers publish about them.
 *
 * <p>{@link dev.anneal.service.job.Jobs} is for requests, {@link dev.anneal.service.job.TrainingJournal} for workers.
 */
@ApplicationModule(
        allowedDependencies = {
            "catalog",
            "database",
            "file",
            "history",
            "paging",
            "queue",
            "refusal",
            "role",
            "settings"
        })
@NullMarked
package dev.anneal.service.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
