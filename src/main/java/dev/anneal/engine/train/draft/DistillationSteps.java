package dev.anneal.engine.train.draft;

import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.objective.Agreement;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.StepRows;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Trains a small language model as a draft: the loss is the mean divergence of its next-token distributions from its
 * target's, over the trained tokens of a step's rows (Zhou et al. 2024, "DistillSpec").
 */
public final class DistillationSteps extends DraftSteps {

    /** Micro-batches of a validation whose hidden states of the target are in memory at a time. */
    private static final int VALIDATED_AT_ONCE = 8;

    private final StepPasses passes;
    private final DistillationLoss loss;

    public DistillationSteps(TrainingMethod.SpeculativeDraft method, TrainingData.Rows data, StepPasses passes) {
        super(method, data, passes.training());
        this.passes = passes;
        this.loss = DistillationLoss.valueOf(method.loss().toUpperCase(Locale.ROOT));
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        List<EncodedRow> ofStep = rows(step);
        Lessons lessons = new Lessons(ofStep, split(ofStep));
        try (TensorScope scope = passes.job().model().scope().child()) {
            return passes.passes()
                    .states(target(), scope, lessons.batches)
                    .flatMap(states ->
                            passes.train(step, lessons.batches, adapter, batch -> lessons.of(batch, states.get(batch))))
                    .map(sums -> new Result(
                            sums.mean(),
                            sums.accuracy(),
                            sums.trained(),
                            new TrainedTokens(
                                    sums.trained(), StepRows.tokens(ofStep), MicroBatch.sharedTokens(lessons.batches)),
                            Double.NaN,
                            lessons.acceptance().byName()));
        }
    }

    private List<MicroBatch> split(List<EncodedRow> some) {
        return passes.training().split(some, 1, Sharing.PROMPTS);
    }

    @Override
    Optional<Progress.Validation> compare(int step, AppliedAdapter adapter, List<EncodedRow> texts) {
        Lessons lessons = new Lessons(texts, split(texts));
        LossSums total = LossSums.NONE;
        for (int first = 0; first < lessons.batches.size(); first += VALIDATED_AT_ONCE) {
            passes.progress().accept(new Progress.Validating(step, first, lessons.batches.size()));
            int begin = first;
            List<MicroBatch> some =
                    lessons.batches.subList(begin, Math.min(lessons.batches.size(), begin + VALIDATED_AT_ONCE));
            try (TensorScope scope = passes.job().model().scope().child()) {
                Optional<LossSums> sums = passes.passes()
                        .states(target(), scope, some)
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
                total.mean(),
                total.accuracy(),
                lessons.acceptance().byName()));
    }

    @Override
    <T> T drafting(AppliedAdapter adapter, Function<Draft, T> use) {
        try (IncrementalDecoder proposer = new IncrementalDecoder(passes.job().model());
                TensorScope packed = proposer.scope().child()) {
            return use.apply(new DraftModel(proposer, proposer.packed(packed, adapter)));
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
                    target().model().outputEmbedding(),
                    loss,
                    agreement -> agreements.set(batch, Optional.of(agreement)));
        }

        ChainAcceptance acceptance() {
            ChainAcceptance acceptance = new ChainAcceptance(method().speculativeTokens());
            for (int batch = 0; batch < batches.size(); batch++) {
                List<EncodedRow> own =
                        batches.get(batch).rowsOfStep().stream().map(rows::get).toList();
                agreements.get(batch).ifPresent(agreement -> acceptance.add(own, agreement));
            }
            return acceptance;
        }
    }
}
