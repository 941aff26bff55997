/** What comes of a job: exports and their pushes to a Hub, evaluations, and the HTTP API of both. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "files",
            "inference :: grader",
            "models :: catalog",
            "models :: hub",
            "platform :: database",
            "platform :: outbound",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "platform :: schedule",
            "platform :: secret",
            "platform :: trace",
            "queue",
            "storage",
            "training :: history",
            "training :: job",
            "training :: settings",
            "training :: sharing"
        })
@NullMarked
package dev.anneal.service.results;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
