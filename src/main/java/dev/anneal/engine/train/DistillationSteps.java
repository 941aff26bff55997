package dev.anneal.engine.train;

import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.model.Agreement;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DistillationLoss;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.LossSums;
import dev.anneal.engine.network.model.Objective;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Trains a small language model as a draft: the loss is the mean divergence of its next-token distributions from its
 * target's, over the trained tokens of a step's rows (Zhou et al. 2024, "DistillSpec").
 */
final class DistillationSteps implements Steps {

    /** Micro-batches of a validation whose hidden states of the target are in memory at a time. */
    private static final int VALIDATED_AT_ONCE = 8;

    private final TrainingMethod.SpeculativeDraft method;
    private final StepPasses passes;
    private final Target target;
    private final DistillationLoss loss;
    private final DraftRows rows;

    DistillationSteps(TrainingMethod.SpeculativeDraft method, TrainingData.Conversations data, StepPasses passes) {
        this.method = method;
        this.passes = passes;
        this.target = Objects.requireNonNull(passes.job().target(), "a draft's task names its target");
        this.loss = DistillationLoss.valueOf(method.loss().toUpperCase(Locale.ROOT));
        this.rows = new DraftRows(
                method, passes.job(), passes.progress(), passes.passes().signal());
    }

    /** Has the target write the answers, if they are to be its own. */
    @Override
    public boolean prepare(AnswersSaving saving) throws IOException {
        return rows.prepare(saving);
    }

    @Override
    public List<CheckpointWriter.Part> parts() {
        return rows.parts();
    }

    @Override
    public void restore(Checkpoint checkpoint) throws IOException {
        rows.restore(checkpoint);
    }

    @Override
    public int perEpoch() {
        return rows.training().perEpoch();
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        List<EncodedRow> ofStep = rows.training().of(step);
        Lessons lessons = new Lessons(ofStep, split(ofStep));
        try (Scope scope = passes.job().model().scope().child()) {
            return passes.passes()
                    .states(target, scope, lessons.batches)
                    .flatMap(states ->
                            passes.train(step, lessons.batches, adapter, batch -> lessons.of(batch, states.get(batch))))
                    .map(sums -> new Result(
                            sums.mean(),
                            sums.accuracy(),
                            sums.trained(),
                            new TokenCounts(
                                    sums.trained(), StepRows.tokens(ofStep), MicroBatch.sharedTokens(lessons.batches)),
                            Double.NaN,
                            lessons.acceptance().byName()));
        }
    }

    private List<MicroBatch> split(List<EncodedRow> some) {
        return passes.job().split(some, 1, Sharing.PROMPTS);
    }

    @Override
    public boolean measuresBeginning() {
        return true;
    }

    @Override
    public boolean validate(int step, AppliedAdapter adapter) {
        Optional<Progress.Validation> measured = divergence(step, adapter)
                .flatMap(validation -> acceptanceLength(adapter).map(lengths -> {
                    Map<String, Double> metrics = new LinkedHashMap<>(validation.metrics());
                    metrics.putAll(lengths);
                    return new Progress.Validation(
                            step, adapter.beta(), validation.loss(), validation.tokenAccuracy(), metrics);
                }));
        measured.ifPresent(passes.progress());
        return measured.isPresent();
    }

    /** Divergence and acceptance on the texts of the validation file; empty if it was abandoned. */
    private Optional<Progress.Validation> divergence(int step, AppliedAdapter adapter) {
        Lessons lessons = new Lessons(rows.validation(), split(rows.validation()));
        LossSums total = LossSums.NONE;
        for (int first = 0; first < lessons.batches.size(); first += VALIDATED_AT_ONCE) {
            passes.progress().accept(new Progress.Validating(step, first, lessons.batches.size()));
            int begin = first;
            List<MicroBatch> some =
                    lessons.batches.subList(begin, Math.min(lessons.batches.size(), begin + VALIDATED_AT_ONCE));
            try (Scope scope = passes.job().model().scope().child()) {
                Optional<LossSums> sums = passes.passes()
                        .states(target, scope, some)
                        .flatMap(states -> passes.passes()
                                .divergence(some, adapter, batch -> lessons.of(begin + batch, states.get(batch))));
                if (sums.isEmpty()) {
                    return Optional.empty();
                }
                total = total.plus(sums.get());
            }
        }
        return Optional.of(new Progress.Validation(
                step,
                adapter.beta(),
                Double.isFinite(total.mean()) ? total.mean() : null,
                total.accuracy(),
                lessons.acceptance().byName()));
    }

    private Optional<Map<String, Double>> acceptanceLength(AppliedAdapter adapter) {
        try (AcceptanceLength length = new AcceptanceLength(
                        target,
                        rows.validation(),
                        rows.ends(),
                        method,
                        passes.job().computeThreads());
                IncrementalDecoder proposer =
                        new IncrementalDecoder(passes.job().model());
                Scope packed = proposer.scope().child()) {
            DraftModel draft = new DraftModel(proposer, proposer.packed(packed, adapter));
            return passes.passes().signal().attempt(betweenTokens -> length.measure(draft, betweenTokens));
        }
    }

    /** What the rows of a step teach, and how far the draft agrees with it. */
    private final class Lessons {
        private final List<EncodedRow> rows;
        private final List<MicroBatch> batches;
        private final List<Optional<Agreement>> agreements = new ArrayList<>();

        Lessons(List<EncodedRow> rows, List<MicroBatch> batches) {
            this.rows = rows;
            this.batches = batches;
            batches.forEach(batch -> agreements.add(Optional.empty()));
        }

        /** @param states the target's at the trained positions of the micro-batch */
        Objective.Distillation of(int batch, Tensor states) {
            return new Objective.Distillation(
                    states,
                    target.model().outputEmbedding(),
                    loss,
                    agreement -> agreements.set(batch, Optional.of(agreement)));
        }

        ChainAcceptance acceptance() {
            ChainAcceptance acceptance = new ChainAcceptance(method.speculativeTokens());
            for (int batch = 0; batch < batches.size(); batch++) {
                List<EncodedRow> own =
                        batches.get(batch).rowsOfStep().stream().map(rows::get).toList();
                agreements.get(batch).ifPresent(agreement -> acceptance.add(own, agreement));
            }
            return acceptance;
        }
    }
}
