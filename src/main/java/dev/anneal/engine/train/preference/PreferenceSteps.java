package dev.anneal.engine.train.preference;

import dev.anneal.engine.math.objective.PreferenceLoss;
import dev.anneal.engine.network.model.AdapterShares;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.StepPlan;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.preference.PreferenceObjective.Pair;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Learns to prefer one answer to another: the loss of a step is the mean preference loss of its pairs. The reference is
 * the model before the training, with the initial adapter, linear, if there is one. It is evaluated once, before the
 * first step.
 */
public final class PreferenceSteps implements Steps {

    /** Micro-batches of each rank whose log-probabilities are shared at a time. */
    private static final int BATCHES_AT_ONCE = 256;

    /** File of the references in a checkpoint. */
    public static final String FILE = "reference.json";

    private final TrainingData.Rows data;
    private final StepPasses passes;
    private final PreferenceLoss loss;
    private final StepPlan plan;
    private @Nullable References references;

    /**
     * For each row the sum of its trained tokens' log-probabilities before the training. Stored in checkpoints, so that
     * a resumed training need not compute them again and uses the same values on another kind of machine.
     */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record References(double[] training, double[] validation) {}

    public PreferenceSteps(TrainingMethod.Dpo method, TrainingData.Rows data, StepPasses passes) {
        TrainingSettings settings = passes.job().settings();
        this.data = data;
        this.passes = passes;
        this.loss = new PreferenceLoss(
                PreferenceLoss.LossType.valueOf(method.loss().toUpperCase(Locale.ROOT)),
                method.beta(),
                method.labelSmoothing());
        this.plan = new StepPlan(
                data.training().size() / TrainingData.Rows.PAIR,
                settings.batchRows(),
                settings.totalSteps(),
                settings.seed());
    }

    @Override
    public int perEpoch() {
        return plan.stepsPerEpoch();
    }

    @Override
    public boolean prepare(AnswersSaving saving) {
        if (references != null) {
            return true;
        }
        // Nothing has been trained yet: checkpoints of later steps hold these values.
        AppliedAdapter before = passes.training().trained().apply(0);
        Optional<References> computed = sums(data.training(), before)
                .flatMap(training ->
                        sums(data.validation(), before).map(validation -> new References(training, validation)));
        references = computed.orElse(null);
        return computed.isPresent();
    }

    /** Sum of the log-probabilities of each row's trained tokens; empty if the pass was abandoned. */
    private Optional<double[]> sums(List<EncodedRow> rows, AppliedAdapter adapter) {
        double[] sums = new double[rows.size()];
        for (List<MicroBatch> some : MicroBatch.someOfEachPortion(split(rows), BATCHES_AT_ONCE)) {
            Optional<List<float[]>> each = passes.passes().logProbabilities(some, adapter);
            if (each.isEmpty()) {
                return Optional.empty();
            }
            for (int batch = 0; batch < some.size(); batch++) {
                int begin = 0;
                for (int row : some.get(batch).rowsOfStep()) {
                    int end = begin + rows.get(row).trainedTokens();
                    sums[row] = PreferenceObjective.sum(each.get().get(batch), begin, end);
                    begin = end;
                }
            }
        }
        return Optional.of(sums);
    }

    private List<MicroBatch> split(List<EncodedRow> rows) {
        return passes.training().split(rows, TrainingData.Rows.PAIR, Sharing.PROMPTS);
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        int[] places = Arrays.stream(plan.rowsOf(step))
                .flatMap(pair ->
                        IntStream.range(0, TrainingData.Rows.PAIR).map(half -> TrainingData.Rows.PAIR * pair + half))
                .toArray();
        List<EncodedRow> rows =
                Arrays.stream(places).mapToObj(data.training()::get).toList();
        double[] reference = Arrays.stream(places)
                .mapToDouble(place -> prepared().training()[place])
                .toArray();
        List<MicroBatch> batches = split(rows);
        List<PreferenceObjective> objectives = objectives(batches, rows, reference);
        long shared = MicroBatch.sharedTokens(batches);
        long read = rows.stream().mapToLong(EncodedRow::length).sum();
        return passes.train(step, batches, adapter, objectives::get).map(outcome -> {
            List<Pair> pairs = pairs(objectives, outcome.values());
            PreferenceMetrics metrics = new PreferenceMetrics(pairs);
            return new Result(
                    metrics.loss(),
                    null,
                    pairs.size(),
                    new TrainedTokens(outcome.sums().trained(), read, shared),
                    outcome.sums().mean(),
                    metrics.byName());
        });
    }

    /** @param reference of each row, see {@link References} */
    private List<PreferenceObjective> objectives(List<MicroBatch> batches, List<EncodedRow> rows, double[] reference) {
        return batches.stream()
                .map(batch -> new PreferenceObjective(
                        loss,
                        batch.rowsOfStep().stream()
                                .mapToInt(row -> rows.get(row).trainedTokens())
                                .toArray(),
                        batch.rowsOfStep().stream()
                                .mapToDouble(row -> reference[row])
                                .toArray()))
                .toList();
    }

    @Override
    public boolean validate(int step, AppliedAdapter adapter) {
        List<MicroBatch> batches = split(data.validation());
        passes.progress().accept(new Progress.Validating(step, 0, batches.size()));
        List<PreferenceObjective> objectives =
                objectives(batches, data.validation(), prepared().validation());
        Optional<List<float[]>> measured = passes.passes().logProbabilities(batches, adapter);
        measured.ifPresent(each -> {
            PreferenceMetrics metrics = new PreferenceMetrics(pairs(objectives, each));
            passes.progress()
                    .accept(new Progress.Validation(step, adapter.beta(), metrics.loss(), null, metrics.byName()));
        });
        return measured.isPresent();
    }

    /** The references of the first rows are those of the probed ones. */
    @Override
    public Optional<Double> probe(AppliedAdapter adapter) {
        List<EncodedRow> rows = passes.probed(data);
        double[] reference =
                data.validation().isEmpty() ? prepared().training() : prepared().validation();
        List<MicroBatch> batches = split(rows);
        List<PreferenceObjective> objectives = objectives(batches, rows, reference);
        return passes.passes()
                .logProbabilities(batches, adapter)
                .map(each -> new PreferenceMetrics(pairs(objectives, each)).loss());
    }

    @Override
    public AdapterShares shares(AppliedAdapter adapter) {
        return passes.shares(passes.probed(data), adapter);
    }

    private static List<Pair> pairs(List<PreferenceObjective> objectives, List<float[]> logProbabilities) {
        List<Pair> pairs = new ArrayList<>();
        for (int batch = 0; batch < objectives.size(); batch++) {
            pairs.addAll(objectives.get(batch).pairs(logProbabilities.get(batch)));
        }
        return pairs;
    }

    private References prepared() {
        References known = references;
        if (known == null) {
            throw new IllegalStateException("the reference was not evaluated yet");
        }
        return known;
    }

    @Override
    public List<CheckpointWriter.Part> parts() {
        References known = references;
        return known == null ? List.of() : List.of(CheckpointWriter.Part.json(FILE, known));
    }

    @Override
    public void restore(CheckpointFolder checkpoint) throws IOException {
        references = checkpoint.json(FILE, References.class);
        // Saved before the reference was evaluated. Later, the trained weights are no longer the reference.
        if (references == null && checkpoint.state().step() > 0) {
            throw new TrainingException(
                    TrainingException.Code.CHECKPOINT_MISMATCH,
                    checkpoint.state().step(),
                    "it has no " + FILE + ", which the method dpo needs to go on");
        }
    }
}
