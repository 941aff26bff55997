package dev.anneal.engine.train;

import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.EagleLesson;
import dev.anneal.engine.network.draft.EagleSums;
import dev.anneal.engine.network.generate.DraftHead;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DistillationLoss;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Trains an EAGLE head: the loss is the sum over the steps of training-time test of their mean divergence from the
 * target's distributions, each times the decay; in EAGLE-1 a tenth of the cross entropy with them, and the SmoothL1
 * distance from the target's states.
 */
final class HeadSteps implements Steps {

    /** Weight of the cross entropy in EAGLE-1 (Li et al. 2024, section 3.2). */
    private static final double EAGLE1_DIVERGENCE = 0.1;

    private final TrainingMethod.SpeculativeDraft method;
    private final TrainingJob job;
    private final Target target;
    private final HeadTraining trained;
    private final HeadPasses passes;
    private final Consumer<Progress> progress;
    private final DraftRows rows;

    HeadSteps(
            TrainingMethod.SpeculativeDraft method,
            TrainingJob job,
            Target target,
            HeadTraining trained,
            HeadPasses passes,
            Consumer<Progress> progress) {
        this.method = method;
        this.job = job;
        this.target = target;
        this.trained = trained;
        this.passes = passes;
        this.progress = progress;
        this.rows = new DraftRows(method, job, progress, passes.signal());
    }

    @Override
    public int perEpoch() {
        return rows.training().perEpoch();
    }

    @Override
    public boolean prepare(AnswersSaving saving) throws IOException {
        return rows.prepare(saving);
    }

    @Override
    public boolean measuresBeginning() {
        return true;
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        List<EncodedRow> ofStep = rows.training().of(step);
        List<MicroBatch> batches = job.split(ofStep, 1, Sharing.NONE);
        EagleLesson lesson = lesson(ofStep);
        double dropout = trained.dropout();
        return passes.train(
                        batches,
                        ofStep,
                        adapter,
                        batch -> batch.dropout(dropout, job.settings().seed(), step),
                        lesson)
                .map(sums -> new Result(
                        loss(sums),
                        share(sums.get(0).correct(), sums.get(0)),
                        1,
                        new TokenCounts(sums.get(0).trained(), StepRows.tokens(ofStep), 0),
                        Double.NaN,
                        metrics(sums)));
    }

    /** The mean over the trained positions of all rows, which micro-batches add up to. */
    private EagleLesson lesson(List<EncodedRow> ofStep) {
        List<Double> weights = new ArrayList<>();
        for (int step = 0; step < steps(); step++) {
            weights.add(weight(step) / Math.max(1, HeadCounts.trained(ofStep, step)));
        }
        boolean regresses = isEagle1();
        return new EagleLesson(
                regresses
                        ? DistillationLoss.SOFT_CE
                        : DistillationLoss.valueOf(method.loss().toUpperCase(Locale.ROOT)),
                weights,
                regresses ? 1.0 / Math.max(1, HeadCounts.trained(ofStep, 0)) : 0);
    }

    private boolean isEagle1() {
        return method.kind().equals(TrainingMethod.SpeculativeDraft.EAGLE1);
    }

    private int steps() {
        TrainingMethod.EagleHead shape = method.head();
        return isEagle1() || shape == null ? 1 : shape.steps();
    }

    private double weight(int step) {
        TrainingMethod.EagleHead shape = method.head();
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

    private static double mean(double sum, EagleSums of) {
        return of.trained() == 0 ? 0 : sum / of.trained();
    }

    /** Share of a step's trained positions. */
    private static double share(long part, EagleSums of) {
        return of.trained() == 0 ? 0 : (double) part / of.trained();
    }

    private static Map<String, Double> metrics(List<EagleSums> sums) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int step = 0; step < sums.size(); step++) {
            EagleSums of = sums.get(step);
            if (of.trained() > 0) {
                String depth = Integer.toString(step + 1);
                metrics.put("acceptance/" + depth, share(of.prefixCorrect(), of));
                metrics.put("top1/" + depth, share(of.correct(), of));
                metrics.put("overlap/" + depth, of.overlap() / of.trained());
            }
        }
        return metrics;
    }

    @Override
    public boolean validate(int step, AppliedAdapter adapter) {
        List<EncodedRow> held = rows.validation();
        List<MicroBatch> batches = job.split(held, 1, Sharing.NONE);
        progress.accept(new Progress.Validating(step, 0, batches.size()));
        Optional<Progress.Validation> measured = passes.measure(batches, held, adapter, lesson(held))
                .flatMap(sums -> acceptanceLength(adapter).map(lengths -> {
                    Map<String, Double> metrics = metrics(sums);
                    metrics.putAll(lengths);
                    double loss = loss(sums);
                    return new Progress.Validation(
                            step,
                            adapter.beta(),
                            Double.isFinite(loss) ? loss : null,
                            share(sums.get(0).correct(), sums.get(0)),
                            metrics);
                }));
        measured.ifPresent(progress);
        return measured.isPresent();
    }

    private Optional<Map<String, Double>> acceptanceLength(AppliedAdapter adapter) {
        EagleHead head = trained.head();
        try (AcceptanceLength length =
                        new AcceptanceLength(target, rows.validation(), rows.ends(), method, job.computeThreads());
                EagleDrafter reader = new EagleDrafter(head, adapter)) {
            DraftHead draft = new DraftHead(reader);
            return passes.signal().attempt(betweenTokens -> length.measure(draft, betweenTokens));
        }
    }

    @Override
    public List<CheckpointWriter.Part> parts() {
        List<CheckpointWriter.Part> parts = new ArrayList<>(trained.parts());
        parts.addAll(rows.parts());
        return parts;
    }

    @Override
    public void restore(Checkpoint checkpoint) throws IOException {
        rows.restore(checkpoint);
    }
}
