/** Exports with their files and pushes, and evaluations, over HTTP. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "evaluation",
            "export",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "platform :: trace",
            "push",
            "queue",
            "storage"
        })
@NullMarked
package dev.anneal.service.exportapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
