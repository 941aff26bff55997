/**
 * Reports jobs to an MLflow server that the operator has configured: a run for each training, a registered model's version for each export. The rows
 * that training writes anyway are the outbox; {@code mlflow_run} says how much of them the server has. Training knows nothing of it.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.notification.mlflow;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
