/**
 * Reports jobs to the operator's MLflow server: a run for each training, a version of a registered model for each
 * export. It reads the rows that training writes; {@code mlflow_run} records how much of them the server has.
 */
@NamedInterface
package dev.anneal.service.notification.mlflow;

import org.springframework.modulith.NamedInterface;
