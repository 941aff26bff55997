/** What operators see and decide: meters, and how long artifacts are kept. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "inference",
            "notification :: mlflow",
            "notification :: webhook",
            "platform :: database",
            "platform :: request",
            "platform :: role",
            "platform :: schedule",
            "queue",
            "queue :: lease",
            "results :: export",
            "storage",
            "storage :: installation",
            "training :: history"
        })
@NullMarked
package dev.anneal.service.operations;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
