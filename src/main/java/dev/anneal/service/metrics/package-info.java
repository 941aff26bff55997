/** Meter names and the meters of the service and of what each worker trains now. */
@ApplicationModule(
        allowedDependencies = {
            "inference",
            "notification :: mlflow",
            "notification :: webhook",
            "platform :: role",
            "queue",
            "queue :: lease",
            "retention",
            "storage"
        })
@NullMarked
package dev.anneal.service.metrics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
