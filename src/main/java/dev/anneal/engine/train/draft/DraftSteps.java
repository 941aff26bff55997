package dev.anneal.engine.train.draft;

import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.StepRows;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.passes.Training;
import dev.anneal.engine.train.rollout.DraftedTokens;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Target;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains a draft on the rows of the files, or on their prompts with answers that the target writes first. A validation
 * compares draft and target on the texts of the validation file, and measures the acceptance length.
 */
abstract class DraftSteps implements Steps {

    private final TrainingMethod.SpeculativeDraft method;
    private final Training<?> training;
    private final Target target;
    private final TrainingData.Rows data;
    private final @Nullable TargetAnswers answers;
    private StepRows rows;
    private List<EncodedRow> validation;

    DraftSteps(TrainingMethod.SpeculativeDraft method, TrainingData.Rows data, Training<?> training) {
        TrainingMethod.Regeneration regeneration = method.regeneration();
        this.method = method;
        this.training = training;
        this.target = Objects.requireNonNull(training.job().target(), "a draft's task names its target");
        this.data = data;
        this.answers = regeneration == null
                ? null
                : new TargetAnswers(
                        regeneration,
                        target,
                        training,
                        Stream.concat(data.training().stream(), data.validation().stream())
                                .toList());
        this.rows = new StepRows(data.training(), training.job().settings());
        this.validation = data.validation();
    }

    final TrainingMethod.SpeculativeDraft method() {
        return method;
    }

    final Target target() {
        return target;
    }

    /** The rows of a step. */
    final List<EncodedRow> rows(int step) {
        return rows.of(step);
    }

    @Override
    public final int perEpoch() {
        return rows.perEpoch();
    }

    /** Has the target write the answers, if they are to be its own. */
    @Override
    public final boolean prepare(AnswersSaving saving) throws IOException {
        if (answers == null) {
            return true;
        }
        if (!answers.write(data.ends(), saving)) {
            return false;
        }
        int count = data.training().size();
        rows = new StepRows(answers.rows(0, count), training.job().settings());
        validation = answers.rows(count, count + data.validation().size());
        return true;
    }

    @Override
    public final boolean measuresBeginning() {
        return true;
    }

    @Override
    public final boolean validate(int step, AppliedAdapter adapter) {
        Optional<Progress.Validation> measured = compare(step, adapter, validation)
                .flatMap(compared -> acceptanceLength(adapter).map(lengths -> {
                    Map<String, Double> metrics = new HashMap<>(compared.metrics());
                    metrics.putAll(lengths);
                    return new Progress.Validation(
                            step, adapter.beta(), compared.loss(), compared.tokenAccuracy(), metrics);
                }));
        measured.ifPresent(training.progress());
        return measured.isPresent();
    }

    /** Divergence from the target on few rows. */
    @Override
    public final Optional<Double> probe(AppliedAdapter adapter) {
        List<EncodedRow> texts = validation.isEmpty() ? rows(0) : validation;
        return compare(0, adapter, StepPasses.few(texts)).map(compared -> Objects.requireNonNull(compared.loss()));
    }

    /** Divergence and acceptance on the texts of rows; empty if it was abandoned. */
    abstract Optional<Progress.Validation> compare(int step, AppliedAdapter adapter, List<EncodedRow> texts);

    private Optional<Map<String, Double>> acceptanceLength(AppliedAdapter adapter) {
        try (AcceptanceLength length = new AcceptanceLength(
                target, validation, data.ends(), method, training.job().computeThreads())) {
            Ranks ranks = training.ranks();
            Optional<List<DraftedTokens>> own = drafting(
                    adapter, draft -> training.signal().attempt(between -> length.measure(draft, ranks, between)));
            return ranks.share(own, DraftedTokens[].class).map(AcceptanceLength::metrics);
        }
    }

    /** Opens the draft for the time that it is used. */
    abstract <T> T drafting(AppliedAdapter adapter, Function<Draft, T> use);

    @Override
    public final List<CheckpointWriter.Part> parts() {
        return answers == null ? List.of() : List.of(answers.part());
    }

    @Override
    public final void restore(CheckpointFolder checkpoint) throws IOException {
        if (answers != null) {
            answers.restore(checkpoint);
        }
    }
}
