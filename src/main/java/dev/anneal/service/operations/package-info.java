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
package dev.anneal.service.operations;

import org.springframework.modulith.ApplicationModule;
