package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingSettings;

/**
 * The settings of a training with a number for every {@code auto}.
 *
 * @param training what the engine gets
 * @param hyperparameters OpenAI's, as the job shows them from now on
 * @param gradientAccumulation batches of one optimizer step
 * @param annealedAtStep first step at which beta is exactly 0; the total number of steps if only the finished job is annealed
 * @param expectedTokens tokens that all steps together read
 * @param data size of the training file
 * @param memory what the training is expected to need
 * @param cost what it computes
 */
public record ResolvedSettings(
        TrainingSettings training,
        Hyperparameters hyperparameters,
        int gradientAccumulation,
        int annealedAtStep,
        long expectedTokens,
        DatasetSize data,
        MemoryEstimate memory,
        TrainingCost cost) {}
