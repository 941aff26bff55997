package dev.anneal.service.job;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.history.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * What a worker that has claimed a training is to do.
 *
 * @param model id of the base model
 * @param trainingFile id of an uploaded file
 * @param validationFile id of an uploaded file, or null
 * @param resumeFrom newest checkpoint of earlier attempts, or null to start anew
 */
public record TrainingOrder(
        String tenantId,
        String jobId,
        String model,
        String trainingFile,
        @Nullable String validationFile,
        AdapterSettings adapter,
        TrainingSettings settings,
        @Nullable Checkpoint resumeFrom) {}
