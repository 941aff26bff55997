/** The supervisor: claims work, runs it in engine processes, keeps the leases, ends what hangs, gives back what it cannot finish. */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "files :: *",
            "inference",
            "inference :: *",
            "models :: *",
            "operations :: *",
            "platform :: *",
            "queue",
            "queue :: *",
            "results :: *",
            "storage",
            "storage :: *",
            "training :: *"
        })
@NullMarked
package dev.anneal.service.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
