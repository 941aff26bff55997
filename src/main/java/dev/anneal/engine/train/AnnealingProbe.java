package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AdapterShares;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.state.WidestGap;
import dev.anneal.protocol.Progress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures while beta falls what a merge at once would cost: the annealing gap, the loss with beta 0 less that with
 * beta, on few rows. It is 0 at the end. Warns once of a gap that grows although less and less of the activation is
 * left.
 */
final class AnnealingProbe {

    private static final String GAP = "annealing/gap";
    private static final String EVEN_SHARE = "annealing/even_share";

    /** Most measurements of a training; with {@link #SHORTEST_INTERVAL} steps between them they take little time. */
    private static final int MEASUREMENTS = 20;

    private static final int SHORTEST_INTERVAL = 10;

    /** Below this beta a gap that is wider than all before is a reason to warn. */
    private static final double LATE_BETA = 0.5;

    /** Share of the loss from which on a gap is a reason to warn. */
    private static final double NOTICEABLE = 0.1;

    private final Steps steps;
    private final boolean isAnnealed;
    private final int interval;
    private final Consumer<Progress> progress;
    private WidestGap widest = WidestGap.NONE;

    /** @param isAnnealed whether beta is ever above 0 */
    AnnealingProbe(Steps steps, boolean isAnnealed, int totalSteps, Consumer<Progress> progress) {
        this.steps = steps;
        this.isAnnealed = isAnnealed;
        this.interval = Math.max(SHORTEST_INTERVAL, totalSteps / MEASUREMENTS);
        this.progress = progress;
    }

    WidestGap widest() {
        return widest;
    }

    /** Goes on from a checkpoint. */
    void resume(@Nullable WidestGap ofCheckpoint) {
        widest = Objects.requireNonNullElse(ofCheckpoint, WidestGap.NONE);
    }

    /**
     * Measures if it is time.
     *
     * @param step steps done
     * @param adapter adapter at this step's beta
     * @return the figures, none without a measurement; empty if it was abandoned because the training is to stop
     */
    Optional<Map<String, Double>> measure(int step, AppliedAdapter adapter) {
        if (step == 0 || step % interval != 0 || !isAnnealed) {
            return Optional.of(Map.of());
        }
        if (adapter.beta() == 0) {
            return Optional.of(Map.of(GAP, 0.0, EVEN_SHARE, 0.0));
        }
        return steps.probe(adapter)
                .flatMap(annealed -> steps.probe(adapter.with(0, AdapterDropout.NONE))
                        .map(merged -> figures(step, adapter, annealed, merged)));
    }

    private Map<String, Double> figures(int step, AppliedAdapter adapter, double annealed, double merged) {
        double gap = merged - annealed;
        warnIfItGrows(step, adapter.beta(), gap, annealed);
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(GAP, gap);
        AdapterShares shares = steps.shares(adapter);
        if (shares != null) {
            figures.put(EVEN_SHARE, shares.even());
            figures.put("annealing/adapter_share", shares.output());
        }
        return figures;
    }

    private void warnIfItGrows(int step, double beta, double gap, double loss) {
        if (gap <= widest.gap()) {
            return;
        }
        boolean warns = beta < LATE_BETA && gap > NOTICEABLE * Math.abs(loss) && !widest.hasWarned();
        if (warns) {
            progress.accept(new Progress.Warning(String.format(
                    Locale.ROOT,
                    "a merge after step %d would raise the loss by %.4f, and by no more than %.4f at beta %.2f: the"
                            + " adapter depends the more on its activation the less of it is left (beta is %.2f now);"
                            + " let the annealing end earlier (schedule.end), so that more steps are linear, or lower"
                            + " the learning rate",
                    step,
                    gap,
                    widest.gap(),
                    widest.beta(),
                    beta)));
        }
        widest = new WidestGap(gap, beta, widest.hasWarned() || warns);
    }
}
