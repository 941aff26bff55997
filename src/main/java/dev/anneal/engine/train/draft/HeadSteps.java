package dev.anneal.engine.train.draft;

import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleGradients;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.EagleObjective;
import dev.anneal.engine.network.draft.EagleSums;
import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.DraftHead;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StepRows;
import dev.anneal.engine.train.passes.Training;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Trains an EAGLE head: the loss is the sum over the steps of training-time test of their mean divergence from the
 * target's distributions, each times the decay; in EAGLE-1 a tenth of the cross entropy with them, and the SmoothL1
 * distance from the target's states.
 */
public final class HeadSteps extends DraftSteps {

    /** Weight of the cross entropy in EAGLE-1 (Li et al. 2024, section 3.2). */
    private static final double EAGLE1_DIVERGENCE = 0.1;

    private final Training<EagleGradients> training;
    private final EagleHead head;
    private final HeadPasses passes;

    public HeadSteps(
            TrainingMethod.SpeculativeDraft method, TrainingData.Rows data, Training<EagleGradients> training) {
        super(method, data, training);
        this.training = training;
        this.head = ((HeadTraining) training.trained()).head();
        this.passes =
                new HeadPasses(head, target(), training.gradients(), training.signal(), method.hiddenStateCacheBytes());
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        List<EncodedRow> ofStep = rows(step);
        return passes.train(
                        split(ofStep),
                        ofStep,
                        batch -> adapter.with(adapter.beta(), training.dropout(batch, step)),
                        objective(ofStep))
                .map(sums -> new Result(
                        loss(sums),
                        accuracy(sums),
                        1,
                        new TrainedTokens(sums.get(0).trained(), StepRows.tokens(ofStep), 0),
                        Double.NaN,
                        metrics(sums)));
    }

    private List<MicroBatch> split(List<EncodedRow> some) {
        return training.split(some, 1, Sharing.NONE);
    }

    /** The mean over the trained positions of all rows, which micro-batches add up to. */
    private EagleObjective objective(List<EncodedRow> ofStep) {
        List<Double> weights = new ArrayList<>();
        for (int step = 0; step < steps(); step++) {
            weights.add(weight(step) / Math.max(1, trained(ofStep, step)));
        }
        boolean regresses = isEagle1();
        return new EagleObjective(
                regresses
                        ? DistillationLoss.SOFT_CE
                        : DistillationLoss.valueOf(method().loss().toUpperCase(Locale.ROOT)),
                weights,
                regresses ? 1.0 / Math.max(1, trained(ofStep, 0)) : 0);
    }

    /**
     * Positions at which a step of training-time test learns: those so far from their row's beginning that a state is
     * that many tokens before.
     */
    private static long trained(List<EncodedRow> rows, int step) {
        long trained = 0;
        for (EncodedRow row : rows) {
            for (int label = step + 2; label < row.length(); label++) {
                trained += row.labels()[label] == EncodedRow.NOT_TRAINED ? 0 : 1;
            }
        }
        return trained;
    }

    private boolean isEagle1() {
        return method().kind().equals(TrainingMethod.SpeculativeDraft.EAGLE1);
    }

    private int steps() {
        TrainingMethod.EagleHead shape = method().head();
        return isEagle1() || shape == null ? 1 : shape.steps();
    }

    private double weight(int step) {
        TrainingMethod.EagleHead shape = method().head();
        return isEagle1() || shape == null ? EAGLE1_DIVERGENCE : Math.pow(shape.decay(), step);
    }

    /** Steps that no row is long enough for add nothing. */
    private double loss(List<EagleSums> sums) {
        double loss = mean(sums.get(0).regression(), sums.get(0));
        for (int step = 0; step < sums.size(); step++) {
            loss += weight(step) * mean(sums.get(step).loss(), sums.get(step));
        }
        return loss;
    }

    /** Mean over a step's trained positions. */
    private static double mean(double sum, EagleSums of) {
        return of.trained() == 0 ? 0 : sum / of.trained();
    }

    /** Share of a step's trained positions. */
    private static double share(long part, EagleSums of) {
        return mean((double) part, of);
    }

    private static double accuracy(List<EagleSums> sums) {
        return share(sums.get(0).correct(), sums.get(0));
    }

    private static Map<String, Double> metrics(List<EagleSums> sums) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int step = 0; step < sums.size(); step++) {
            EagleSums of = sums.get(step);
            if (of.trained() > 0) {
                String depth = Integer.toString(step + 1);
                metrics.put("acceptance/" + depth, share(of.prefixCorrect(), of));
                metrics.put("top1/" + depth, share(of.correct(), of));
                metrics.put("overlap/" + depth, mean(of.overlap(), of));
            }
        }
        return metrics;
    }

    @Override
    Optional<Progress.Validation> compare(int step, AppliedAdapter adapter, List<EncodedRow> texts) {
        List<MicroBatch> batches = split(texts);
        training.progress().accept(new Progress.Validating(step, 0, batches.size()));
        return passes.measure(batches, texts, adapter, objective(texts))
                .map(sums -> new Progress.Validation(step, adapter.beta(), loss(sums), accuracy(sums), metrics(sums)));
    }

    @Override
    <T> T drafting(AppliedAdapter adapter, Function<Draft, T> use) {
        try (EagleDrafter reader = new EagleDrafter(head, adapter)) {
            return use.apply(new DraftHead(reader));
        }
    }
}
