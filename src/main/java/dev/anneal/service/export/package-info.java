/** Deployable weights made from a job's checkpoint or an uploaded adapter, with the proof that they are the trained model. */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "models :: catalog",
            "platform :: database",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "queue",
            "training :: history",
            "training :: job",
            "training :: settings"
        })
@NullMarked
package dev.anneal.service.export;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
