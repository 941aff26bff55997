package dev.anneal.engine.run;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.run.task.HostPaths;
import dev.anneal.engine.run.task.TaskFile;
import dev.anneal.engine.run.task.WorkDirectoryLock;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Main class of an engine process: runs the task of the {@code task.json} whose path is its argument. Standard output
 * carries only progress, as JSON lines; commands come from standard input, whose end means stop. Exit codes are those
 * of {@link ExitCode}.
 */
public final class EngineMain {

    /** Longer than an orphan may take to end. */
    private static final Duration LOCK_PATIENCE = Shutdown.GRACE.plusSeconds(6);

    private EngineMain() {}

    public static void main(String[] arguments) {
        PrintStream protocol = System.out;
        System.setOut(System.err);
        System.setProperty("logback.configurationFile", "logback-engine.xml");
        if (arguments.length != 1) {
            System.err.println("usage: EngineMain <task.json>");
            System.exit(ExitCode.BAD_INPUT.code());
        }
        Signals signals = new Signals();
        Shutdown ending = new Shutdown(signals);
        ending.installHook();
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        new CommandReader(System.in, signals, requests::add, ending::endSoon).start();
        ExitCode code = ExitCode.FAILURE;
        try {
            code = run(
                    Path.of(arguments[0]).toAbsolutePath(),
                    new Channel(new ProgressWriter(protocol), signals, requests));
        } finally {
            // Also if the failure could not be reported, so that the hook does not wait.
            ending.taskEnded(code);
        }
        System.exit(code.code());
    }

    private static ExitCode run(Path taskFile, Channel channel) {
        Path workDirectory = DurableFiles.parentOf(taskFile);
        HostPaths paths = HostPaths.of(workDirectory);
        try (WorkDirectoryLock lock = WorkDirectoryLock.acquire(workDirectory, LOCK_PATIENCE)) {
            lock.recordOwner();
            Task task = TaskFile.read(taskFile);
            paths = paths.with(task);
            return run(task, channel);
        } catch (Exception | Error e) {
            return FailureReport.report(e, channel.progress(), paths);
        }
    }

    /**
     * @return {@link ExitCode#DONE} or {@link ExitCode#GIVEN_BACK}; any other end is an exception
     */
    private static ExitCode run(Task task, Channel channel) throws IOException {
        if (task instanceof TrainTask training) {
            return new TrainingTask(training, channel).run();
        }
        if (task instanceof ExportTask export) {
            new ExportingTask(export, channel).run();
        } else if (task instanceof EvaluateTask evaluation) {
            new EvaluatingTask(evaluation, channel).run();
        } else {
            new ServingTask((ServeTask) task, channel).run();
        }
        return ExitCode.DONE;
    }
}
