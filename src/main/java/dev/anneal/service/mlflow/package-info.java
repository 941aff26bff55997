/**
 * Reports jobs to an MLflow server that the operator has configured: a run for each training, a registered model's version for each export. The
 * rows that training writes anyway are the outbox; {@code mlflow_run} says how much of them the server has. Training knows nothing of it.
 */
@ApplicationModule(
        allowedDependencies = {
            "platform :: database",
            "platform :: outbound",
            "platform :: role",
            "queue",
            "training :: history",
            "training :: job",
            "training :: settings"
        })
@NullMarked
package dev.anneal.service.mlflow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
