package dev.anneal.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Trains an adapter, or all weights of a model.
 *
 * @param trainingFile absolute path of a validated JSONL file
 * @param validationFile absolute path of a validated JSONL file, or null
 * @param attemptDirectory folder of this attempt; each checkpoint becomes {@code checkpoint-<step>/} below it
 * @param adapter null trains all weights
 * @param initialAdapter where the adapter's first values come from; null draws them
 * @param resumeFrom absolute path of a checkpoint folder of an earlier attempt, or null to start anew
 * @param validatedStep newest step whose validation earlier attempts have reported, 0 for none; a later one that was due at the checkpoint runs first
 */
public record TrainTask(
        BaseModel model,
        Machine machine,
        Instant templateTime,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable AdapterSettings adapter,
        TrainingSettings settings,
        String attemptDirectory,
        @Nullable InitialAdapter initialAdapter,
        @Nullable String resumeFrom,
        int validatedStep)
        implements ModelTask {

    /**
     * A linear adapter that a training begins with, of the rank, scale and targets that the settings say.
     *
     * @param path absolute path of a checkpoint folder of another job, or of an uploaded archive of a PEFT folder
     */
    public record InitialAdapter(Form form, String path) {

        /** What {@code path} is. */
        public enum Form {
            CHECKPOINT,
            PEFT_ARCHIVE
        }
    }
}
