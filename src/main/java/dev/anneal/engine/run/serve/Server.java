package dev.anneal.engine.run.serve;

import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.Prompt;
import dev.anneal.engine.network.generate.Turns;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests. One thread prepares them, which takes seconds if a model must be loaded; each model has a thread
 * that generates. Closed by its creator; open requests then get no further reply.
 */
public final class Server implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Server.class.getName());
    private static final long SWEEP_SECONDS = 5;

    private static final Set<String> FAULTS_OF_FILES =
            Set.of("adapter_invalid", "base_model_changed", "base_model_unreadable", "checkpoint_damaged");

    private final HeldModels models;
    private final Host host;
    private final Map<Long, OpenRequest> open = new ConcurrentHashMap<>();
    private final ScheduledExecutorService preparing =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "preparing"));

    /** Loads models and receives replies. Throws its own exceptions for invalid model files. */
    public interface Host {
        /**
         * Loads a base model, which the caller closes.
         *
         * @param weights folder of the weights: the model's own, or the checkpoint of a training of all weights
         */
        DecoderModel load(Task.BaseModel base, Path weights) throws IOException;

        /** Hash of a model's files, with which a draft names its target. */
        String fingerprint(ServedModel model) throws IOException;

        /** Opens a checkpoint after checking that it was trained on this model. */
        CheckpointFolder checkpoint(ServedModel model, Path folder) throws IOException;

        /** Sends a reply to a request. Called from any thread. */
        void reply(long request, ServeReply reply);

        /** Reply for a failure that is not a {@link RequestException}. */
        ServeReply.Refused refusal(ServeRequest.Generate request, Throwable cause);
    }

    /**
     * @param threads number of threads that decode
     */
    public Server(Host host, ServeTask.Limits limits, int threads) {
        this.host = host;
        this.models = new HeldModels(host, limits, new Turns(threads));
        ScheduledFuture<?> untilClosed =
                preparing.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        LOG.log(Level.DEBUG, "Sweeps are scheduled: {0}", untilClosed);
    }

    private void sweep() {
        try {
            models.sweep();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Idle models could not be unloaded; the next sweep tries again", e);
        }
    }

    /** Accepts a request and returns at once. */
    public void take(ServeRequest request) {
        if (request instanceof ServeRequest.Generate generate) {
            OpenRequest opened = new OpenRequest(
                    generate,
                    reply -> host.reply(request.id(), reply),
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
                : host.refusal(request, cause);
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
        int length = use.model().newTokens(prompt.tokens().length, decoding.maxNewTokens());
        int[] prediction = predicted(request.prediction(), use.model().tokenizer(), length);
        Set<Integer> ends = new HashSet<>(prompt.ends());
        ends.addAll(decoding.stopTokens());
        opened.whileOpen(use);
        @Nullable Draft draft = draft(opened, use);
        opened.tell(new ServeReply.Accepted(prompt.tokens().length));
        for (int choice = 0; choice < decoding.choices(); choice++) {
            use.model()
                    .decoder()
                    .submit(
                            new Prompt(prompt.tokens(), prediction, draft, length, sampling(decoding, choice)),
                            request.prefixScope(),
                            use.adapter().applied(),
                            new StreamedChoice(choice, opened, use.model().tokenizer(), ends, decoding));
        }
    }

    /**
     * The request's draft, which stays in memory with the model. It changes no answer, so without room for it there is
     * none, and a draft that cannot be used is left out unless the request requires it.
     */
    private @Nullable Draft draft(OpenRequest opened, HeldModels.Use target) throws IOException {
        ServeRequest.Generate request = opened.request();
        ServedModel wanted = request.draft();
        if (wanted == null) {
            return null;
        }
        try {
            HeldModels.Use draft = models.useDraft(wanted, target);
            models.requireDraftOf(wanted, draft, request.model(), target);
            opened.whileOpen(draft);
            return draft.asDraft();
        } catch (IOException | RuntimeException e) {
            if (request.requiresDraft() && !isLackOfRoom(e)) {
                requireOtherFiles(request, e);
                throw e;
            }
            LOG.log(Level.WARNING, "Request " + request.id() + " is answered without the draft " + wanted, e);
            return null;
        }
    }

    private static boolean isLackOfRoom(Exception e) {
        return e instanceof RequestException refused
                ? refused.code().equals(RequestException.BUSY)
                : e instanceof TorchException torch && torch.isOutOfMemory();
    }

    /** Refuses a draft whose files are at fault by its own code, because those of files are the model's. */
    private void requireOtherFiles(ServeRequest.Generate request, Exception fault) {
        if (fault instanceof RequestException) {
            return;
        }
        ServeReply.Refused refused = host.refusal(request, fault);
        if (FAULTS_OF_FILES.contains(refused.code())) {
            throw new RequestException(
                    HeldModels.MISMATCH,
                    "the draft cannot be used: %s; name another draft, or none".formatted(refused.message()));
        }
    }

    /** At most as many tokens as the answer may have. */
    private static int[] predicted(@Nullable String text, ModelTokenizer tokenizer, int most) {
        int[] tokens = text == null ? new int[0] : tokenizer.encode(text);
        return tokens.length <= most ? tokens : Arrays.copyOf(tokens, most);
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
