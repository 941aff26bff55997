/** The supervisor: claims work, runs it in engine processes, keeps the leases, ends what hangs, gives back what it cannot finish. */
@ApplicationModule(
        allowedDependencies = {
            "assignment",
            "inference :: grader",
            "operations :: metrics",
            "platform :: cache",
            "platform :: database",
            "platform :: process",
            "platform :: role",
            "platform :: trace",
            "queue",
            "queue :: lease",
            "training :: machine"
        })
@NullMarked
package dev.anneal.service.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
