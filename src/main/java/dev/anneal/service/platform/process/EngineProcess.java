package dev.anneal.service.platform.process;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A running engine process. Its progress is passed to a listener on a separate thread; the listener must not block for
 * long, because the process waits once the pipe between them is full.
 */
public final class EngineProcess {

    private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);

    /** The longest valid lines, proofs and evaluated samples, have some hundred kilobytes. */
    private static final int PROGRESS_LINE_BYTES = 8 << 20;

    /** Marks the end of the input, whose lines are never empty. */
    private static final String END = "";

    private static final int LOGGED_CHARACTERS = 200;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Process process;
    private final StderrTail stderr = new StderrTail();
    private final OomKills oomKills;
    private final OptionalLong killedBefore;
    private final BlockingQueue<String> input = new LinkedBlockingQueue<>();
    private final CompletableFuture<EngineExit> exit;

    /** Wraps a process that has just been started. */
    EngineProcess(Process process, Consumer<Progress> listener) {
        this(process, listener, OomKills.ofThisProcess());
    }

    /**
     * @param oomKills the kernel's counter of killed processes
     */
    EngineProcess(Process process, Consumer<Progress> listener, OomKills oomKills) {
        this.process = process;
        this.oomKills = oomKills;
        this.killedBefore = oomKills.count();
        CompletableFuture<Void> progressRead = onThread("progress", () -> readProgress(listener));
        CompletableFuture<Void> stderrRead = onThread("stderr", this::readStderr);
        DaemonThreads.start("engine-" + process.pid() + "-commands", this::writeInput);
        this.exit = process.onExit()
                .whenComplete((ended, failure) -> input.add(END))
                .thenCombine(
                        CompletableFuture.allOf(progressRead, stderrRead),
                        (ended, read) -> new EngineExit(ended.exitValue(), stderr.text(), wasOneKilled()));
    }

    private boolean wasOneKilled() {
        OptionalLong now = oomKills.count();
        return now.isPresent() && killedBefore.isPresent() && now.getAsLong() > killedBefore.getAsLong();
    }

    /** Operating system's id of the process. */
    public long pid() {
        return process.pid();
    }

    /**
     * Completes when the process has ended and the listener has received all progress; exceptionally if the listener
     * threw, in which case the process is killed.
     */
    public CompletableFuture<EngineExit> exit() {
        return exit.copy();
    }

    /** Sends a command without waiting until it is read; has no effect after the process has ended. */
    public void send(Command command) {
        send(command.wireName());
    }

    /** Likewise, for a request to a serving process. */
    public void send(ServeRequest request) {
        send(JSON.writerFor(ServeRequest.class).writeValueAsString(request));
    }

    /** Likewise, for an answer to a training's graders. */
    public void send(GradingReply reply) {
        send(JSON.writeValueAsString(reply));
    }

    private void send(String line) {
        input.add(line);
    }

    /** Runs on its own thread, because a hanging process reads nothing and its callers must not wait. */
    private void writeInput() {
        OutputStream stream = process.getOutputStream();
        try {
            for (String line = input.take(); !line.equals(END); line = input.take()) {
                stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                stream.flush();
            }
        } catch (IOException e) {
            LOG.debug("Engine process {} no longer reads commands", pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the process at once (SIGKILL), even a stopped one; one that waits for a dead disk or device ends when that
     * answers. Never blocks: {@link Process#destroyForcibly} would close the pipe of commands, and wait for its writer.
     */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    private CompletableFuture<Void> onThread(String stream, Runnable reader) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        reader.run();
                    } catch (RuntimeException | Error e) {
                        // Without a reader the pipe would fill up and the process wait forever.
                        kill();
                        throw e;
                    }
                },
                task -> DaemonThreads.start("engine-" + process.pid() + "-" + stream, task));
    }

    private void readProgress(Consumer<Progress> listener) {
        BoundedLines lines = new BoundedLines(process.getInputStream(), PROGRESS_LINE_BYTES);
        try {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (!lines.wasCut() && !line.isBlank()) {
                    handOver(line, listener);
                } else if (lines.wasCut()) {
                    LOG.warn(
                            "Engine process {} wrote a line of more than {} bytes; skipped",
                            pid(),
                            PROGRESS_LINE_BYTES);
                }
            }
        } catch (IOException e) {
            LOG.debug("Standard output of engine process {} has ended", pid(), e);
        }
    }

    private void handOver(String line, Consumer<Progress> listener) {
        Progress progress;
        try {
            progress = JSON.readValue(line, Progress.class);
        } catch (JacksonException e) {
            LOG.warn(
                    "Engine process {} wrote a line that is no known progress event; skipped: {}",
                    pid(),
                    brief(line),
                    e);
            return;
        }
        listener.accept(progress);
    }

    private void readStderr() {
        BoundedLines lines = new BoundedLines(process.getErrorStream(), StderrTail.LINE_BYTES);
        try {
            for (String line = lines.next(); line != null; line = lines.next()) {
                stderr.add(line);
                LOG.debug("Engine process {}: {}", pid(), line);
            }
        } catch (IOException e) {
            LOG.debug("Standard error of engine process {} has ended", pid(), e);
        }
    }

    private static String brief(String line) {
        return line.length() <= LOGGED_CHARACTERS ? line : line.substring(0, LOGGED_CHARACTERS) + "…";
    }
}
