package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line that an engine process writes to standard output. Floating-point values are finite, or null where a value is
 * unknown or not finite.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "event")
public sealed interface Progress {

    /**
     * The model is loaded, and the first step begins.
     *
     * @param firstStep steps done before: 0, or those of the resumed checkpoint
     * @param trainableParameters number of trained parameters
     * @param precision chosen arithmetic, {@code bf16} or {@code fp32}
     */
    record Started(int firstStep, int totalSteps, long trainableParameters, String precision) implements Progress {}

    /**
     * An optimizer step has ended.
     *
     * @param step steps done so far, 1 after the first
     * @param seconds duration of the step
     * @param figures those of {@link Figure} and of the method, by name, in order; finite values
     */
    record Step(int step, int totalSteps, double seconds, Map<String, Double> figures) implements Progress {

        public Step {
            figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        }

        /** The figure's value; null if it is unknown or was not finite. */
        public @Nullable Double get(Figure figure) {
            return figures.get(figure.wireName());
        }

        /** The figures that are none of {@link Figure}. */
        public Map<String, Double> ofMethod() {
            Map<String, Double> others = new LinkedHashMap<>(figures);
            for (Figure figure : Figure.values()) {
                others.remove(figure.wireName());
            }
            return others;
        }
    }

    /**
     * A validation is running. Written every few seconds.
     *
     * @param step steps done
     * @param done micro-batches done
     * @param total micro-batches in the validation file
     */
    record Validating(int step, int done, int total) implements Progress {}

    /**
     * Result of a validation after {@code step} steps, with the annealing coefficient {@code beta}.
     *
     * @param loss null if it is not finite or the method has none on rows that it does not train on
     * @param metrics further metrics of the method under TRL's names; finite values
     */
    record Validation(
            int step,
            double beta,
            @Nullable Double loss,
            @Nullable Double tokenAccuracy,
            Map<String, Double> metrics) implements Progress {

        public Validation {
            loss = loss == null || Double.isFinite(loss) ? loss : null;
            metrics = metrics == null ? Map.of() : Map.copyOf(metrics);
        }
    }

    /**
     * Completions of a rollout, with their texts.
     *
     * @param step step that they were sampled for, 1 for the first
     * @param beta annealing coefficient of the sampling policy
     */
    record Samples(int step, double beta, List<Completion> completions) implements Progress {

        /**
         * A completion.
         *
         * @param line line of the prompt in the training file, from 1
         * @param tokens number of tokens of the completion, with its end token
         * @param truncated whether it was cut before its end
         * @param reward null if the grader gave none
         * @param errors errors of grading, each with the grader's name
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
     * @param beta annealing coefficient of the next step; 0 after the last one
     * @param directory absolute path of the checkpoint folder
     * @param bytes size of the folder
     */
    record CheckpointSaved(int step, double beta, String directory, long bytes) implements Progress {}

    /**
     * Answers that a draft's target has written before the first step are complete on disk.
     *
     * @param count number of answers, those of earlier attempts included
     * @param total number of answers once all are written
     * @param directory absolute path of their folder
     */
    record AnswersSaved(int count, int total, String directory) implements Progress {}

    /**
     * An export continues an interrupted attempt.
     *
     * @param kept complete weight files that are reused
     * @param total weight files of the whole export
     */
    record PartsKept(int kept, int total) implements Progress {}

    /**
     * The export is complete, and its {@code manifest.json} is written.
     *
     * @param proof the proof in the manifest, a JSON object
     */
    record Exported(String proof, List<File> files) implements Progress {

        /** A file of the export; its name is relative to the export's folder. */
        public record File(String name, long bytes, String sha256) {}

        public Exported {
            files = List.copyOf(files);
        }
    }

    /**
     * An evaluation has ended.
     *
     * @param rows number of rows of the test file
     * @param exactMatches number of answers that match the file; null if completions are graded
     * @param metrics metrics of graded completions under TRL's names, finite values; empty if answers are compared
     */
    record Evaluated(int rows, @Nullable Integer exactMatches, Map<String, Double> metrics, List<Sample> samples)
            implements Progress {

        /**
         * One row. Texts are limited to 4,000 characters: the last of the prompt, the first of the others.
         *
         * @param prompt the last user message
         * @param expected the expected answer; null if completions are graded
         * @param answer the model's answer, or the first completion
         * @param reward reward of that completion; null if answers are compared or the grader gave none
         * @param errors errors of grading it, each with the grader's name
         */
        public record Sample(
                String prompt,
                @Nullable String expected,
                String answer,
                @Nullable Double reward,
                List<String> errors) {

            public Sample {
                // Samples stored before graders existed have no errors.
                errors = errors == null ? List.of() : List.copyOf(errors);
            }
        }

        public Evaluated {
            metrics = Map.copyOf(metrics);
            samples = List.copyOf(samples);
        }
    }

    /**
     * A sign of life of a task without steps after a row or tensor, or of a long step or validation after a layer.
     * Written every few seconds, so that slow work does not count as hung.
     */
    record Working() implements Progress {}

    /** A training paused its steps for other work. */
    record Interlude(Cause kind, double seconds) implements Progress {

        /** Kinds of this work. */
        public enum Cause {
            /** A validation. */
            VALIDATION,
            /** Writing a checkpoint. */
            CHECKPOINT
        }
    }

    /**
     * Memory of a training's CUDA device, written once its model is loaded, after its first step, and then every few
     * seconds. Never written for a CPU.
     *
     * @param device {@code cuda:N}
     * @param totalBytes size of the device's memory
     * @param usedBytes memory in use, by all processes
     * @param peakBytes largest sampled use; libtorch keeps the memory of a step until after the sample
     */
    record DeviceMemory(String device, long totalBytes, long usedBytes, long peakBytes) implements Progress {}

    /**
     * A reply to a request of a {@link ServeTask}.
     *
     * @param request id of the {@link ServeRequest}
     */
    record Replied(long request, ServeReply reply) implements Progress {}

    /**
     * A question of the graders of a training, which the supervisor answers with a {@link GradingReply}.
     *
     * @param id number of the question, from 1
     */
    record Asked(long id, GradingQuestion asked) implements Progress {}

    /** A message for the client about work that has no figures of its own. */
    record Note(String message) implements Progress {}

    /** A warning for the client; the task continues. */
    record Warning(String message) implements Progress {}

    /**
     * The task failed; the process exits with 64 or 70.
     *
     * @param code error code of the API, for example {@code non_finite_loss}
     * @param step optimizer step at which it failed, or null outside training
     */
    record Failed(String code, String message, @Nullable Integer step) implements Progress {}
}
