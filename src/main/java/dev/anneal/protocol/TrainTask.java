package dev.anneal.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Trains an adapter or all weights of a model.
 *
 * @param trainingFile absolute path of a validated JSONL file
 * @param validationFile absolute path of a validated JSONL file, or null
 * @param attemptDirectory folder of this attempt, in which each checkpoint becomes {@code checkpoint-<step>/}
 * @param adapter settings of the adapter; null trains all weights
 * @param initialAdapter source of the adapter's initial values; null draws them at random
 * @param target model whose tokens a draft learns to propose; null if no draft is trained
 * @param draft draft that proposes tokens of rollouts, which saves time and changes none of them; null for none
 * @param resumeFrom absolute path of a checkpoint folder of an earlier attempt, or null to start at step 0
 * @param targetAnswers absolute path of the newest folder of answers that the target wrote in an earlier attempt, or
 *     null
 * @param validatedStep newest step whose validation earlier attempts reported, 0 for none; if the checkpoint's step was
 *     due for a later validation, it runs first
 * @param group processes that train together; null if this one trains alone
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
        @Nullable ServedModel target,
        @Nullable ServedModel draft,
        @Nullable String resumeFrom,
        @Nullable String targetAnswers,
        int validatedStep,
        @Nullable Group group)
        implements ModelTask {

    /** The same training as one process of a group. */
    public TrainTask of(Machine other, Group joined) {
        return new TrainTask(
                model,
                other,
                templateTime,
                trainingFile,
                validationFile,
                adapter,
                settings,
                attemptDirectory,
                initialAdapter,
                target,
                draft,
                resumeFrom,
                targetAnswers,
                validatedStep,
                joined);
    }

    /**
     * The group of processes that train the job together, one on each device.
     *
     * @param name which no other attempt's group has
     * @param store where the processes meet: {@code file:/absolute/path} of a file that the first one creates, if all
     *     run on one machine, or {@code tcp://host:port}, which rank 0 serves
     * @param address of this process for the others: a name or an IP address of one of its interfaces
     * @param rank of this process, from 0; rank 0 saves, and its progress is the job's
     * @param size number of processes
     */
    public record Group(String name, String store, String address, int rank, int size) {}

    /**
     * A linear adapter from which a training starts, with the rank, scale and targets of the settings; without an
     * adapter, all weights of a draft.
     *
     * @param path absolute path of a checkpoint folder of another job, or of an uploaded archive of a PEFT folder
     */
    public record InitialAdapter(Form form, String path) {

        /** Type of {@code path}. */
        public enum Form {
            CHECKPOINT,
            PEFT_ARCHIVE
        }
    }
}
