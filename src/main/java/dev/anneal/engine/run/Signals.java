package dev.anneal.engine.run;

import dev.anneal.engine.run.task.StoppedException;
import dev.anneal.engine.train.TrainingControl;
import java.util.concurrent.atomic.AtomicBoolean;

/** Commands to the running task. Set by any thread, and checked by the task between two units of work. */
final class Signals implements TrainingControl {

    private final AtomicBoolean save = new AtomicBoolean();
    private volatile boolean stop;

    void requestSave() {
        save.set(true);
    }

    void requestStop() {
        stop = true;
    }

    @Override
    public boolean takeSave() {
        return save.getAndSet(false);
    }

    @Override
    public boolean isStopping() {
        return stop;
    }

    /** For tasks without state to save. */
    void throwIfStopping() {
        if (stop) {
            throw new StoppedException();
        }
    }
}
