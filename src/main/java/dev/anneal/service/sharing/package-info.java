/**
 * Tuned models and checkpoints that a tenant lets others use. Those see that they may, and get answers of the model; its job, files and weights stay the owner's.
 */
@ApplicationModule(
        allowedDependencies = {
            "history",
            "job",
            "models :: catalog",
            "platform :: database",
            "platform :: paging",
            "platform :: refusal",
            "settings"
        })
@NullMarked
package dev.anneal.service.sharing;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
