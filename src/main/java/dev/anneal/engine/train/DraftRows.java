package dev.anneal.engine.train;

import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a draft learns from: those of the files, or their prompts with answers that the target writes first.
 */
final class DraftRows {

    private final TrainingJob job;
    private final TrainingData.Conversations data;
    private final @Nullable TargetAnswers answers;
    private StepRows training;
    private List<EncodedRow> validation;

    DraftRows(TrainingMethod.SpeculativeDraft method, TrainingJob job, Consumer<Progress> progress, StopSignal signal) {
        this.job = job;
        this.data = (TrainingData.Conversations) job.data();
        TrainingMethod.Regeneration regeneration = method.regeneration();
        this.answers = regeneration == null
                ? null
                : new TargetAnswers(
                        regeneration,
                        job,
                        progress,
                        signal,
                        Stream.concat(data.training().stream(), data.validation().stream())
                                .toList());
        this.training = new StepRows(data.training(), job.settings());
        this.validation = data.validation();
    }

    /**
     * Has the target write the answers, if they are to be its own. Returns false if it was abandoned because the
     * training is to stop.
     */
    boolean prepare(Steps.AnswersSaving saving) throws IOException {
        if (answers == null) {
            return true;
        }
        if (!answers.write(data, saving)) {
            return false;
        }
        int count = data.training().size();
        training = new StepRows(answers.rows(0, count), job.settings());
        validation = answers.rows(count, count + data.validation().size());
        return true;
    }

    StepRows training() {
        return training;
    }

    List<EncodedRow> validation() {
        return validation;
    }

    /** End tokens of answers. */
    Set<Integer> ends() {
        return data.ends();
    }

    List<CheckpointWriter.Part> parts() {
        return answers == null ? List.of() : List.of(answers.part());
    }

    void restore(Checkpoint checkpoint) throws IOException {
        if (answers != null) {
            answers.restore(checkpoint);
        }
    }
}
