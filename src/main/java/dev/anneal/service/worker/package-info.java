/** The supervisor: claims work, runs it in engine processes, keeps the leases, ends what hangs, gives back what it cannot finish. */
@ApplicationModule(
        allowedDependencies = {
            "assignment",
            "cache",
            "database",
            "grader",
            "lease",
            "machine",
            "metrics",
            "process",
            "queue",
            "role",
            "trace"
        })
@NullMarked
package dev.anneal.service.worker;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
