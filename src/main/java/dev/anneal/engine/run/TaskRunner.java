package dev.anneal.engine.run;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.MeasureTask;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;

/** Runs a task to its end, whichever it is. */
final class TaskRunner {

    private final ProgressWriter progress;
    private final Signals signals;
    private final BlockingQueue<String> requests;

    /** @param requests lines of standard input for a task that answers some */
    TaskRunner(ProgressWriter progress, Signals signals, BlockingQueue<String> requests) {
        this.progress = progress;
        this.signals = signals;
        this.requests = requests;
    }

    /** @return {@link ExitCode#DONE} or {@link ExitCode#GIVEN_BACK}; every other end is an exception */
    ExitCode run(Task task) throws IOException {
        if (task instanceof TrainTask training) {
            return new TrainingTask(training, progress, signals, requests).run();
        }
        if (task instanceof ExportTask export) {
            return new ExportingTask(export, progress, signals).run();
        }
        if (task instanceof EvaluateTask evaluation) {
            return new EvaluatingTask(evaluation, progress, signals, requests).run();
        }
        if (task instanceof ServeTask serving) {
            return new ServingTask(serving, progress, signals, requests).run();
        }
        return new MeasuringTask((MeasureTask) task, progress).run();
    }
}
