package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Passes;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Measures the loss of rows that are not trained on, and reports its own progress. */
final class Validator {

    /** Far below the time after which a silent process counts as hung. */
    static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

    private final List<MicroBatch> batches;
    private final Passes passes;
    private final Consumer<Progress> progress;
    private final long intervalNanos;
    private long lastSignNanos;

    /** @param signOfLife interval at which a long validation reports its progress */
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
     * @param adapter adapter at the next step's beta
     * @return false if it was abandoned because the training is to stop; nothing is reported then
     */
    boolean validate(int step, AppliedAdapter adapter) {
        report(step, 0);
        Optional<LossSums> sums = passes.evaluate(batches, adapter, done -> reportIfDue(step, done));
        sums.ifPresent(found -> progress.accept(
                new Progress.Validation(step, adapter.beta(), found.mean(), found.accuracy(), Map.of())));
        return sums.isPresent();
    }

    private void reportIfDue(int step, int done) {
        if (System.nanoTime() - lastSignNanos >= intervalNanos) {
            report(step, done);
        }
    }

    private void report(int step, int done) {
        lastSignNanos = System.nanoTime();
        progress.accept(new Progress.Validating(step, done, batches.size()));
    }
}
