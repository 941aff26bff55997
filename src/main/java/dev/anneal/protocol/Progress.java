package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line that an engine process writes to standard output. Floating-point values are finite, or null where a value is unknown or not
 * finite.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Progress.Started.class, name = "started"),
    @JsonSubTypes.Type(value = Progress.Step.class, name = "step"),
    @JsonSubTypes.Type(value = Progress.Validating.class, name = "validating"),
    @JsonSubTypes.Type(value = Progress.Validation.class, name = "validation"),
    @JsonSubTypes.Type(value = Progress.Samples.class, name = "samples"),
    @JsonSubTypes.Type(value = Progress.CheckpointSaved.class, name = "checkpoint_saved"),
    @JsonSubTypes.Type(value = Progress.PartsKept.class, name = "parts_kept"),
    @JsonSubTypes.Type(value = Progress.Exported.class, name = "exported"),
    @JsonSubTypes.Type(value = Progress.Evaluated.class, name = "evaluated"),
    @JsonSubTypes.Type(value = Progress.Measured.class, name = "measured"),
    @JsonSubTypes.Type(value = Progress.DeviceMemory.class, name = "device_memory"),
    @JsonSubTypes.Type(value = Progress.Interlude.class, name = "interlude"),
    @JsonSubTypes.Type(value = Progress.Working.class, name = "working"),
    @JsonSubTypes.Type(value = Progress.Replied.class, name = "replied"),
    @JsonSubTypes.Type(value = Progress.Asked.class, name = "asked"),
    @JsonSubTypes.Type(value = Progress.Warning.class, name = "warning"),
    @JsonSubTypes.Type(value = Progress.Failed.class, name = "failed")
})
public sealed interface Progress {

    /**
     * The model is loaded and the first step begins.
     *
     * @param firstStep step with which training goes on: 0, or the resumed checkpoint's
     * @param trainableParameters adapter parameters
     * @param precision arithmetic that was chosen, {@code bf16} or {@code fp32}
     */
    record Started(int firstStep, int totalSteps, long trainableParameters, String precision) implements Progress {}

    /**
     * An optimizer step has ended.
     *
     * @param step steps done so far, 1 after the first
     * @param epoch share of the data seen, in epochs
     * @param loss what the method minimises; of supervised training the mean negative log-likelihood of the step's trained tokens, nats
     * @param tokenAccuracy share of trained tokens whose most likely prediction is right; null where the method does not count them
     * @param learningRate rate of this step
     * @param gradientNorm global norm before clipping
     * @param beta annealing coefficient of this step
     * @param trainedTokens trained tokens so far, all epochs
     * @param tokens tokens read so far, padding not counted
     * @param tokensPerSecond tokens of this step, padding not counted, over its duration
     * @param seconds duration of the step
     * @param metrics what else the method measures, finite values by TRL's names
     */
    record Step(
            int step,
            int totalSteps,
            double epoch,
            @Nullable Double loss,
            @Nullable Double tokenAccuracy,
            double learningRate,
            @Nullable Double gradientNorm,
            double beta,
            long trainedTokens,
            long tokens,
            double tokensPerSecond,
            double seconds,
            Map<String, Double> metrics)
            implements Progress {

        public Step {
            metrics = metrics == null ? Map.of() : Map.copyOf(metrics);
        }
    }

    /**
     * A validation has begun or is under way: a sign of life, every few seconds.
     *
     * @param step steps done
     * @param done micro-batches measured
     * @param total micro-batches of the validation file
     */
    record Validating(int step, int done, int total) implements Progress {}

    /**
     * The validation file was read after {@code step} steps, with the annealing coefficient {@code beta}.
     *
     * @param loss null where the method has none on rows that it is not trained on
     * @param metrics what else the method measures, finite values by TRL's names
     */
    record Validation(
            int step,
            double beta,
            @Nullable Double loss,
            @Nullable Double tokenAccuracy,
            Map<String, Double> metrics) implements Progress {

        public Validation {
            metrics = metrics == null ? Map.of() : Map.copyOf(metrics);
        }
    }

    /**
     * Completions of a rollout, word for word.
     *
     * @param step the step that they were sampled for, 1 for the first
     * @param beta coefficient of the policy that they were sampled from
     */
    record Samples(int step, double beta, List<Completion> completions) implements Progress {

        /**
         * A completion.
         *
         * @param line of the prompt in the training file, counted from 1
         * @param tokens of the completion, with the one that ended it
         * @param truncated whether it was cut before it came to an end
         * @param reward null if the grader came to no verdict
         * @param errors what went wrong in grading, each with the grader's name
         */
        public record Completion(
                long line,
                String prompt,
                String text,
                int tokens,
                boolean truncated,
                @Nullable Double reward,
                List<String> errors) {

            public Completion {
                errors = List.copyOf(errors);
            }
        }

        public Samples {
            completions = List.copyOf(completions);
        }
    }

    /**
     * A checkpoint is complete on disk.
     *
     * @param step steps done
     * @param beta coefficient with which training would go on; 0 after the last step
     * @param directory absolute path of the checkpoint folder
     * @param bytes size of the folder
     */
    record CheckpointSaved(int step, double beta, String directory, long bytes) implements Progress {}

    /**
     * An export goes on where an earlier attempt was cut off.
     *
     * @param kept files of weights that were whole and are not made again
     * @param total files of weights of the whole export
     */
    record PartsKept(int kept, int total) implements Progress {}

    /**
     * The export is complete, its {@code manifest.json} written.
     *
     * @param proof the proof as it stands in the manifest, a JSON object
     */
    record Exported(String proof, List<File> files) implements Progress {

        /** A file of the export, named relative to its folder. */
        public record File(String name, long bytes, String sha256) {}

        public Exported {
            files = List.copyOf(files);
        }
    }

    /**
     * An evaluation has ended.
     *
     * @param rows of the test file
     * @param exactMatches answers that equal what the file says; null where completions are graded
     * @param metrics of graded completions, finite values by TRL's names; empty where answers are compared
     */
    record Evaluated(int rows, @Nullable Integer exactMatches, Map<String, Double> metrics, List<Sample> samples)
            implements Progress {

        /**
         * One row. Of longer texts the last 4,000 characters of the prompt are told, and the first of the others.
         *
         * @param prompt the last user message
         * @param expected the answer wanted; null where completions are graded
         * @param answer the answer given, or the first of the completions
         * @param reward of that completion; null where answers are compared, and if the grader came to no verdict
         * @param errors what went wrong in grading it, each with the grader's name
         */
        public record Sample(
                String prompt,
                @Nullable String expected,
                String answer,
                @Nullable Double reward,
                List<String> errors) {

            public Sample {
                // Samples that were stored before there were graders.
                errors = errors == null ? List.of() : List.copyOf(errors);
            }
        }

        public Evaluated {
            metrics = Map.copyOf(metrics);
            samples = List.copyOf(samples);
        }
    }

    /**
     * The machine's products were measured.
     *
     * @param startSeconds from the start of the process to the first product: what every task takes before it reads its input
     */
    record Measured(double startSeconds, List<Rate> rates) implements Progress {

        /**
         * Products of all compute threads at a time.
         *
         * @param precision {@code bf16} or {@code fp32}
         * @param width columns of the matrix that tokens are multiplied with
         * @param operationsPerSecond floating-point operations, two for each pair of numbers that is multiplied and added
         */
        public record Rate(String precision, int width, double operationsPerSecond) {}

        public Measured {
            rates = List.copyOf(rates);
        }
    }

    /**
     * Another part of the work is done: a row or tensor of a task without steps, or a layer of a step or validation that takes long. Written now
     * and then, so that slow work is not taken for hung.
     */
    record Working() implements Progress {}

    /** A training has done something else than steps, which all of it had to wait for. */
    record Interlude(Kind kind, double seconds) implements Progress {

        /** What it was. */
        public enum Kind {
            /** The validation file was read. */
            VALIDATION,
            /** A checkpoint was written. */
            CHECKPOINT
        }
    }

    /**
     * Memory of the CUDA device that a training computes on: once its model is loaded, after its first step, and then every few seconds. Never written
     * for a CPU.
     *
     * @param device {@code cuda:N}
     * @param totalBytes what the device has
     * @param usedBytes what is held of it, by whomever
     * @param peakBytes the most that was held whenever it was looked at; libtorch holds what a step took until after the look
     */
    record DeviceMemory(String device, long totalBytes, long usedBytes, long peakBytes) implements Progress {}

    /**
     * Something about a request of a {@link ServeTask}.
     *
     * @param request id of the {@link ServeRequest}
     */
    record Replied(long request, ServeReply reply) implements Progress {}

    /**
     * Something that the graders of a training ask; the supervisor answers by a {@link GradingReply}.
     *
     * @param id counted from 1
     */
    record Asked(long id, GradingQuestion asked) implements Progress {}

    /** Something that the client should know; the task goes on. */
    record Warning(String message) implements Progress {}

    /**
     * The task cannot go on; the process ends with 64 or 70.
     *
     * @param code an error code of the API, for example {@code non_finite_loss}
     * @param step optimizer step at which it failed, or null outside training
     */
    record Failed(String code, String message, @Nullable Integer step) implements Progress {}
}
