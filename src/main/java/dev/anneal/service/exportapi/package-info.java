/** Exports with their files and pushes, and evaluations, over HTTP. */
@ApplicationModule(
        allowedDependencies = {
            "evaluation",
            "export",
            "paging",
            "push",
            "queue",
            "refusal",
            "request",
            "role",
            "storage",
            "tenant",
            "trace",
            "web"
        })
@NullMarked
package dev.anneal.service.exportapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
