/** What claims ask for: the inputs on this machine, the engine's task, and where what comes of it is written. */
@ApplicationModule(
        allowedDependencies = {
            "files",
            "models :: catalog",
            "platform :: process",
            "platform :: refusal",
            "platform :: role",
            "queue",
            "queue :: lease",
            "results :: evaluation",
            "results :: export",
            "storage",
            "training :: history",
            "training :: journal"
        })
@NullMarked
package dev.anneal.service.assignment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
