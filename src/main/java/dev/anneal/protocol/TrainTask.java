package dev.anneal.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Trains an adapter.
 *
 * @param trainingFile absolute path of a validated JSONL file
 * @param validationFile absolute path of a validated JSONL file, or null
 * @param attemptDirectory folder of this attempt; each checkpoint becomes {@code checkpoint-<step>/} below it
 * @param resumeFrom absolute path of a checkpoint folder of an earlier attempt, or null to start anew
 * @param validatedStep newest step whose validation earlier attempts have reported, 0 for none; a later one that was due at the checkpoint runs first
 */
public record TrainTask(
        BaseModel model,
        Machine machine,
        Instant templateTime,
        String trainingFile,
        @Nullable String validationFile,
        AdapterSettings adapter,
        TrainingSettings settings,
        String attemptDirectory,
        @Nullable String resumeFrom,
        int validatedStep)
        implements Task {}
