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
import dev.anneal.engine.train.passes.Passes;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.StepRows;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Trains a small language model as a draft: the loss is the mean divergence of its next-token distributions from its
 * target's, over the trained tokens of a step's rows (Zhou et al. 2024, "DistillSpec").
 */
public final class DistillationSteps extends DraftSteps {

    /** Micro-batches of a validation whose hidden states of the target a rank has in memory at a time. */
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
        List<MicroBatch> batches = split(ofStep);
        try (TensorScope scope = passes.job().model().scope().child()) {
            return passes.passes()
                    .states(target(), scope, batches)
                    .flatMap(states -> passes.train(step, batches, adapter, batch -> lesson(states.apply(batch))))
                    .map(outcome -> result(ofStep, batches, outcome));
        }
    }

    private Result result(List<EncodedRow> ofStep, List<MicroBatch> batches, Passes.Outcome outcome) {
        LossSums sums = outcome.sums();
        ChainAcceptance acceptance = new ChainAcceptance(method().speculativeTokens());
        add(acceptance, ofStep, batches, outcome);
        return new Result(
                sums.mean(),
                sums.accuracy(),
                sums.trained(),
                new TrainedTokens(sums.trained(), StepRows.tokens(ofStep), MicroBatch.sharedTokens(batches)),
                Double.NaN,
                acceptance.byName());
    }

    /** @param states the target's at the trained positions of a micro-batch */
    private Objective.Distillation lesson(Tensor states) {
        return new Objective.Distillation(states, target().model().outputEmbedding(), loss, each -> {});
    }

    private static void add(
            ChainAcceptance acceptance, List<EncodedRow> rows, List<MicroBatch> batches, Passes.Outcome outcome) {
        for (int batch = 0; batch < batches.size(); batch++) {
            List<EncodedRow> own =
                    batches.get(batch).rowsOfStep().stream().map(rows::get).toList();
            acceptance.add(own, Agreement.of(outcome.values().get(batch)));
        }
    }

    private List<MicroBatch> split(List<EncodedRow> some) {
        return passes.training().split(some, 1, Sharing.PROMPTS);
    }

    @Override
    Optional<Progress.Validation> compare(int step, AppliedAdapter adapter, List<EncodedRow> texts) {
        List<MicroBatch> batches = split(texts);
        ChainAcceptance acceptance = new ChainAcceptance(method().speculativeTokens());
        LossSums total = LossSums.NONE;
        int done = 0;
        for (List<MicroBatch> some : MicroBatch.someOfEachPortion(batches, VALIDATED_AT_ONCE)) {
            passes.progress().accept(new Progress.Validating(step, done, batches.size()));
            try (TensorScope scope = passes.job().model().scope().child()) {
                Optional<Passes.Outcome> measured = passes.passes()
                        .states(target(), scope, some)
                        .flatMap(states ->
                                passes.passes().divergence(some, adapter, batch -> lesson(states.apply(batch))));
                if (measured.isEmpty()) {
                    return Optional.empty();
                }
                add(acceptance, texts, some, measured.get());
                total = total.plus(measured.get().sums());
            }
            done += some.size();
        }
        return Optional.of(
                new Progress.Validation(step, adapter.beta(), total.mean(), total.accuracy(), acceptance.byName()));
    }

    @Override
    <T> T drafting(AppliedAdapter adapter, Function<Draft, T> use) {
        try (IncrementalDecoder proposer = new IncrementalDecoder(passes.job().model());
                TensorScope packed = proposer.scope().child()) {
            return use.apply(new DraftModel(proposer, proposer.packed(packed, adapter)));
        }
    }
}
