package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.LossSums;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Measures the adapter on rows that it is not trained on, and shows meanwhile that it is at work. */
final class Validator {

    /** Far below the time after which a supervisor takes a silent process for hung. */
    static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

    private final List<MicroBatch> batches;
    private final Passes passes;
    private final Consumer<Progress> progress;
    private final long intervalNanos;
    private long lastSignNanos;

    /** @param signOfLife time after which a long validation says how far it is */
    Validator(List<MicroBatch> batches, Passes passes, Consumer<Progress> progress, Duration signOfLife) {
        this.batches = batches;
        this.passes = passes;
        this.progress = progress;
        this.intervalNanos = signOfLife.toNanos();
    }

    /**
     * Measures and reports.
     *
     * @param step steps done
     * @param adapter as training would go on with it
     * @return false if it was given up because the training is to stop; nothing is reported then
     */
    boolean validate(int step, AppliedAdapter adapter) {
        say(step, 0);
        Optional<LossSums> sums = passes.evaluate(batches, adapter, done -> sayInTime(step, done));
        sums.ifPresent(found -> progress.accept(
                new Progress.Validation(step, adapter.beta(), finiteOrNull(found.mean()), found.accuracy(), Map.of())));
        return sums.isPresent();
    }

    private void sayInTime(int step, int done) {
        if (System.nanoTime() - lastSignNanos >= intervalNanos) {
            say(step, done);
        }
    }

    private void say(int step, int done) {
        lastSignNanos = System.nanoTime();
        progress.accept(new Progress.Validating(step, done, batches.size()));
    }

    private static @Nullable Double finiteOrNull(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
