package dev.anneal.engine.run.serve;

import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.generate.Prompt;
import dev.anneal.engine.network.generate.Sampling;
import dev.anneal.engine.network.generate.Turns;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Answers requests. One thread prepares them, which may take seconds where a model is to be loaded; a thread of each model generates. Closed by whoever
 * made it; requests that are open then get no further reply.
 */
public final class Server implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Server.class.getName());
    private static final long SWEEP_SECONDS = 5;

    private final HeldModels models;
    private final Replies replies;
    private final Faults faults;
    private final Map<Long, OpenRequest> open = new ConcurrentHashMap<>();
    private final ScheduledExecutorService preparing =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "preparing"));

    /** Takes what is said about a request, from any thread. */
    public interface Replies {
        void reply(long request, ServeReply reply);
    }

    /** Says of a failure that is no {@link RequestException} what it is to the client. */
    public interface Faults {
        ServeReply.Refused refusal(ServeRequest.Generate request, Throwable cause);
    }

    /** @param threads that share the work of decoding */
    public Server(ModelSource source, ServeTask.Limits limits, int threads, Replies replies, Faults faults) {
        this.models = new HeldModels(source, limits, new Turns(threads));
        this.replies = replies;
        this.faults = faults;
        ScheduledFuture<?> untilClosed =
                preparing.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        LOG.log(Level.DEBUG, "Sweeps are scheduled: {0}", untilClosed);
    }

    private void sweep() {
        try {
            models.sweep();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Idle models could not be let go; the next sweep tries again", e);
        }
    }

    /** Takes a request and returns at once. */
    public void take(ServeRequest request) {
        if (request instanceof ServeRequest.Generate generate) {
            OpenRequest opened = new OpenRequest(
                    generate,
                    reply -> replies.reply(request.id(), reply),
                    cause -> refusal(generate, cause),
                    () -> open.remove(request.id()));
            open.put(request.id(), opened);
            preparing.execute(() -> prepare(opened));
        } else {
            OpenRequest cancelled = open.get(request.id());
            if (cancelled != null) {
                cancelled.cancel();
            }
        }
    }

    private ServeReply.Refused refusal(ServeRequest.Generate request, Throwable cause) {
        return cause instanceof RequestException refused
                ? new ServeReply.Refused(refused.code(), String.valueOf(refused.getMessage()))
                : faults.refusal(request, cause);
    }

    private void prepare(OpenRequest request) {
        try {
            if (!request.isCancelled()) {
                generate(request);
            }
        } catch (IOException | RuntimeException | Error e) {
            request.fail(e);
        }
    }

    private void generate(OpenRequest opened) throws IOException {
        ServeRequest.Generate request = opened.request();
        ServeRequest.Decoding decoding = request.decoding();
        HeldModels.Use use = models.use(request.model());
        PromptReader.Read prompt = use.model().prompts().read(request.input(), request.now());
        int length = ContextCheck.newTokens(
                prompt.tokens().length, decoding.maxNewTokens(), use.model().context());
        Set<Integer> ends = new HashSet<>(prompt.ends());
        ends.addAll(decoding.stopTokens());
        opened.tell(new ServeReply.Accepted(prompt.tokens().length));
        opened.whileOpen(use);
        for (int choice = 0; choice < decoding.choices(); choice++) {
            use.model()
                    .decoder()
                    .submit(
                            new Prompt(prompt.tokens(), length, sampling(decoding, choice)),
                            use.adapter().applied(),
                            new Answer(choice, opened, use.model().tokenizer(), ends, decoding));
        }
    }

    private static Sampling sampling(ServeRequest.Decoding decoding, int choice) {
        long seed = choice == 0 ? decoding.seed() : SplitMix64.mix(decoding.seed() + choice * SplitMix64.GAMMA);
        return new Sampling(decoding.temperature(), decoding.topK(), decoding.topP(), decoding.minP(), seed);
    }

    @Override
    public void close() {
        open.values().forEach(OpenRequest::cancel);
        preparing.shutdownNow();
        boolean interrupted = false;
        while (!preparing.isTerminated()) {
            try {
                preparing.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        models.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
