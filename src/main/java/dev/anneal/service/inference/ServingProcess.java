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

/** A serving engine process. When it ends, open requests are refused. */
final class ServingProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ServingProcess.class);

    /** One second more than an engine process may take to exit after its supervisor is gone. */
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(15);

    private static final Duration STOP_GRACE = Duration.ofSeconds(10);

    private static final ServeReply GONE = new ServeReply.Refused(
            "service_unavailable",
            "The process that generates has ended before the answer was complete; the next request starts another one. Try again.");

    private final EngineWorkspace workspace;
    private final EngineProcess process;
    private final CompletableFuture<?> end;
    private final Map<Long, Consumer<ServeReply>> open = new ConcurrentHashMap<>();

    private ServingProcess(EngineWorkspace workspace, EngineLauncher launcher, ServeTask task) throws IOException {
        this.workspace = workspace;
        this.process = launcher.launch(task, workspace.newDirectory("serve"), this::take);
        this.end = process.exit().handle(this::ended);
    }

    static ServingProcess start(EngineLauncher launcher, ServeTask task) throws IOException {
        EngineWorkspace workspace = launcher.openWorkspace(ORPHAN_GRACE);
        try {
            return new ServingProcess(workspace, launcher, task);
        } catch (IOException | RuntimeException e) {
            workspace.close();
            throw e;
        }
    }

    boolean isAlive() {
        return !process.exit().isDone();
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
                    "The engine process that serves has ended with {} requests open, which are told so; the next request starts another: {}\n{}",
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
