package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AdapterShares;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Passes;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.StepRows;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingData;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Raises the likelihood of answers: the loss is the mean negative log-likelihood of a step's trained tokens. */
final class SupervisedSteps implements Steps {

    private final StepRows rows;
    private final StepPasses passes;
    private final Validator validator;
    private final List<EncodedRow> probed;

    SupervisedSteps(TrainingData.Rows data, StepPasses passes) {
        this.rows = new StepRows(data.training(), passes.job().settings());
        this.passes = passes;
        this.validator =
                new Validator(split(data.validation()), passes.passes(), passes.progress(), Validator.SIGN_OF_LIFE);
        this.probed = passes.probed(data);
    }

    private List<MicroBatch> split(List<EncodedRow> some) {
        return passes.training().split(some, 1, Sharing.ALL);
    }

    @Override
    public int perEpoch() {
        return rows.perEpoch();
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        List<EncodedRow> ofStep = rows.of(step);
        long read = StepRows.tokens(ofStep);
        List<MicroBatch> batches = split(ofStep);
        long shared = MicroBatch.sharedTokens(batches);
        return passes.train(step, batches, adapter, piece -> Objective.LIKELIHOOD)
                .map(Passes.Outcome::sums)
                .map(sums -> new Result(
                        sums.mean(),
                        sums.accuracy(),
                        sums.trained(),
                        new TrainedTokens(sums.trained(), read, shared),
                        sums.mean(),
                        Map.of()));
    }

    @Override
    public Optional<Double> probe(AppliedAdapter adapter) {
        return passes.probe(probed, adapter);
    }

    @Override
    public AdapterShares shares(AppliedAdapter adapter) {
        return passes.shares(probed, adapter);
    }

    @Override
    public boolean isLossLikelihood() {
        return true;
    }

    @Override
    public boolean validate(int step, AppliedAdapter adapter) {
        return validator.validate(step, adapter);
    }
}
