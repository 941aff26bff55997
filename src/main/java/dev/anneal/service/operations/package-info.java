/** What operators see and decide: meters, and how long artifacts are kept. */
@ApplicationModule(
        allowedDependencies = {
            "access :: *",
            "inference",
            "inference :: *",
            "notification :: *",
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
