package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Objective;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.Packing;
import dev.anneal.engine.text.data.StepPlan;
import dev.anneal.protocol.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Raises the likelihood of answers: the loss is the mean negative log-likelihood of a step's trained tokens. */
final class SupervisedSteps implements Steps {

    private final List<EncodedRow> rows;
    private final StepPasses passes;
    private final List<List<Integer>> sequences;
    private final StepPlan plan;
    private final Validator validator;

    SupervisedSteps(TrainingData.Rows data, StepPasses passes) {
        TrainingSettings settings = passes.job().settings();
        this.rows = data.training();
        this.passes = passes;
        this.sequences = sequences(rows, settings);
        this.plan = new StepPlan(sequences.size(), settings.batchRows(), settings.totalSteps(), settings.seed());
        this.validator =
                new Validator(split(data.validation()), passes.passes(), passes.progress(), Validator.SIGN_OF_LIFE);
    }

    private static List<List<Integer>> sequences(List<EncodedRow> rows, TrainingSettings settings) {
        int[] lengths = rows.stream().mapToInt(EncodedRow::length).toArray();
        return settings.packing() ? Packing.of(lengths, settings.maxLengthTokens()) : Packing.none(lengths.length);
    }

    private List<MicroBatch> split(List<EncodedRow> some) {
        return passes.job().split(some, 1, Sharing.ALL);
    }

    @Override
    public int perEpoch() {
        return plan.stepsPerEpoch();
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        List<EncodedRow> ofStep = Arrays.stream(plan.rowsOf(step))
                .mapToObj(sequences::get)
                .flatMap(List::stream)
                .map(rows::get)
                .toList();
        long read = ofStep.stream().mapToLong(EncodedRow::length).sum();
        List<MicroBatch> batches = split(ofStep);
        long shared = MicroBatch.sharedTokens(batches);
        return passes.train(step, batches, adapter, piece -> Objective.LIKELIHOOD)
                .map(sums -> new Result(
                        sums.mean(),
                        sums.accuracy(),
                        sums.trained(),
                        read,
                        shared,
                        sums.trained(),
                        sums.mean(),
                        Map.of()));
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
