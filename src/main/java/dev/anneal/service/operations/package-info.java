/** Metrics for operators, and artifact retention. */
@ApplicationModule(
        allowedDependencies = {
            "access :: *",
            "platform :: *",
            "queue",
            "queue :: *",
            "results :: *",
            "storage",
            "storage :: *",
            "training :: *"
        })
@NullMarked
package dev.anneal.service.operations;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
