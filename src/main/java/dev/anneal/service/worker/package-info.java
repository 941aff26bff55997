/**
 * The supervisor: claims work, runs it in engine processes, renews leases, stops what hangs, and returns what it cannot
 * finish.
 */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "files :: *",
            "inference",
            "inference :: *",
            "models :: *",
            "platform :: *",
            "queue",
            "queue :: *",
            "results :: *",
            "storage",
            "storage :: *",
            "training :: *"
        })
package dev.anneal.service.worker;

import org.springframework.modulith.ApplicationModule;
