/** What is to be expected of jobs: attempts so far, place in the queue, start, end, and dry runs. */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "files :: check",
            "job",
            "machine",
            "models :: catalog",
            "platform :: database",
            "platform :: refusal",
            "queue",
            "settings"
        })
@NullMarked
package dev.anneal.service.outlook;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
