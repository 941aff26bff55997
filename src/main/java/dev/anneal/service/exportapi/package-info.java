/** Exports with their files, and evaluations, over HTTP. */
@ApplicationModule(
        allowedDependencies = {
            "evaluation",
            "export",
            "paging",
            "queue",
            "refusal",
            "request",
            "storage",
            "tenant",
            "trace",
            "web"
        })
@NullMarked
package dev.anneal.service.exportapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
