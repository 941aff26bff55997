package dev.anneal.engine.run;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.MeasureTask;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;

/** Runs a task to its end, whichever it is. */
final class TaskRunner {

    private final ProgressWriter progress;
    private final Signals signals;

    TaskRunner(ProgressWriter progress, Signals signals) {
        this.progress = progress;
        this.signals = signals;
    }

    /** @return {@link ExitCode#DONE} or {@link ExitCode#GIVEN_BACK}; every other end is an exception */
    ExitCode run(Task task) throws IOException {
        if (task instanceof TrainTask training) {
            return new TrainingTask(training, progress, signals).run();
        }
        if (task instanceof ExportTask export) {
            return new ExportingTask(export, progress, signals).run();
        }
        if (task instanceof EvaluateTask evaluation) {
            return new EvaluatingTask(evaluation, progress, signals).run();
        }
        return new MeasuringTask((MeasureTask) task, progress).run();
    }
}
