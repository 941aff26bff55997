package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingSettings;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a training with a number for every {@code auto}.
 *
 * @param training settings for the engine
 * @param hyperparameters OpenAI's hyperparameters, as the job shows them
 * @param annealedAtStep first step at which beta is exactly 0; the total number of steps if beta is 0 only at the end
 * @param expectedTokens tokens read by all steps together
 * @param expectedSharedTokens how many of them are not computed, because rows of a step begin alike
 * @param expectedCompletionTokens expected tokens of a completion; null if the method samples none
 * @param data size of the training file
 * @param memory estimated memory of the training
 * @param cost computation of the training
 */
public record ResolvedSettings(
        TrainingSettings training,
        Hyperparameters hyperparameters,
        int annealedAtStep,
        long expectedTokens,
        long expectedSharedTokens,
        @Nullable Double expectedCompletionTokens,
        DatasetSize data,
        MemoryEstimate memory,
        TrainingCost cost) {}
