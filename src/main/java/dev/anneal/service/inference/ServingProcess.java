package dev.anneal.service.inference;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProcess;
import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A serving engine process, which is killed when it gives no sign of life. When it ends, open requests are refused. */
final class ServingProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServingProcess.class);

    /** One second more than an engine process may take to exit after its supervisor is gone. */
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(15);

    private static final Duration STOP_GRACE = Duration.ofSeconds(10);

    private static final Duration TICK = Duration.ofSeconds(1);

    /** How many times as long it may take to its first sign of life: machines are busiest when processes start. */
    private static final int START = 5;

    /** Three times the interval of the signs. */
    private static final Duration LATE = Duration.ofSeconds(15);

    private static final ServeReply GONE = new ServeReply.Refused(
            "service_unavailable",
            "The process that generates has ended before the answer was complete; the next request starts another one."
                    + " Try again.");

    private final EngineWorkspace workspace;
    private final EngineProcess process;
    private final CompletableFuture<?> end;
    private final Map<Long, Consumer<ServeReply>> open = new ConcurrentHashMap<>();
    private final Silence silence = new Silence(TICK);

    /** Whether it has given a sign of life, for which it must have started. */
    private volatile boolean begun;

    /** Whether it was killed, which it may survive for as long as a device does not answer. */
    private volatile boolean givenUp;

    private ServingProcess(EngineWorkspace workspace, EngineLauncher launcher, ServeTask task) throws IOException {
        this.workspace = workspace;
        this.process = launcher.launch(task, workspace.newDirectory("serve"), this::take);
        this.end = process.exit().handle(this::ended);
    }

    /** @param stallTimeout silence after which it is killed */
    static ServingProcess start(EngineLauncher launcher, ServeTask task, Duration stallTimeout) throws IOException {
        EngineWorkspace workspace = launcher.openWorkspace(ORPHAN_GRACE);
        try {
            ServingProcess started = new ServingProcess(workspace, launcher, task);
            DaemonThreads.start("engine-" + started.process.pid() + "-silence", () -> started.watch(stallTimeout));
            return started;
        } catch (IOException | RuntimeException e) {
            workspace.close();
            throw e;
        }
    }

    boolean isAlive() {
        return !givenUp && !process.exit().isDone();
    }

    /** Whether it has given no sign of life for so long that it may hang. */
    boolean isSilent() {
        return begun && silence.length().compareTo(LATE) > 0;
    }

    private void watch(Duration stallTimeout) {
        try {
            while (isAlive()) {
                TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
                silence.tick();
                Duration limit = begun ? stallTimeout : stallTimeout.multipliedBy(START);
                if (silence.length().compareTo(limit) > 0) {
                    giveUp(limit);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void giveUp(Duration limit) {
        LOG.error(
                "The engine process that serves, {}, hangs: it gave no sign of life for {} s"
                        + " (anneal.inference.stall-timeout). It is killed, and {} open requests are told so; the next"
                        + " request starts another",
                process.pid(),
                limit.toSeconds(),
                open.size());
        givenUp = true;
        process.kill();
        List.copyOf(open.keySet()).forEach(this::tellGone);
    }

    /** Sends a request. Replies arrive on a thread of the process. */
    void send(ServeRequest.Generate request, Consumer<ServeReply> replies) {
        open.put(request.id(), replies);
        process.send(request);
        if (!isAlive()) {
            tellGone(request.id());
        }
    }

    /** Cancels a request. */
    void cancel(long request) {
        if (open.remove(request) != null) {
            process.send(new ServeRequest.Cancel(request));
        }
    }

    private void take(Progress progress) {
        silence.end();
        begun = true;
        if (progress instanceof Progress.Replied said) {
            Consumer<ServeReply> replies = open.get(said.request());
            if (replies != null) {
                replies.accept(said.reply());
            }
        } else if (progress instanceof Progress.Failed failed) {
            LOG.error("The engine process that serves fails with {}: {}", failed.code(), failed.message());
        }
    }

    private boolean ended(@Nullable EngineExit exit, @Nullable Throwable failure) {
        if (exit != null && exit.meaning() == EngineExit.Meaning.DONE) {
            LOG.info("The engine process that serves has ended");
        } else if (exit != null) {
            LOG.warn(
                    "The engine process that serves has ended with {} requests open, which are told so; the next"
                            + " request starts another: {}\n"
                            + "{}",
                    open.size(),
                    exit.describe(),
                    exit.stderrTail());
        } else {
            LOG.error("The engine process that serves was ended because its replies could not be read", failure);
        }
        List.copyOf(open.keySet()).forEach(this::tellGone);
        try {
            workspace.close();
        } catch (IOException e) {
            LOG.warn("The folder of an engine process could not be given back", e);
        }
        return true;
    }

    private void tellGone(long request) {
        Consumer<ServeReply> replies = open.remove(request);
        if (replies != null) {
            replies.accept(GONE);
        }
    }

    /** Stops the process, or kills it if it takes too long. */
    @Override
    public void close() {
        process.send(Command.STOP);
        try {
            end.get(STOP_GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("Killing the engine process that serves, which did not end within {}", STOP_GRACE);
        } catch (ExecutionException e) {
            LOG.debug("The engine process that serves was killed before", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.kill();
        }
    }
}
