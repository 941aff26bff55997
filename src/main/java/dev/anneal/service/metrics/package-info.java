/** Meter names and the meters of the service and of what each worker trains now. */
@ApplicationModule(
        allowedDependencies = {
            "inference",
            "mlflow",
            "platform :: role",
            "queue",
            "queue :: lease",
            "retention",
            "storage",
            "webhook"
        })
@NullMarked
package dev.anneal.service.metrics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
