/** The supervisor: claims work, runs it in engine processes, keeps the leases, ends what hangs, gives back what it cannot finish. */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "inference :: grader",
            "models :: catalog",
            "operations :: metrics",
            "platform :: cache",
            "platform :: database",
            "platform :: process",
            "platform :: refusal",
            "platform :: role",
            "platform :: trace",
            "queue",
            "queue :: lease",
            "results :: evaluation",
            "results :: export",
            "storage",
            "training :: history",
            "training :: journal",
            "training :: machine"
        })
@NullMarked
package dev.anneal.service.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
