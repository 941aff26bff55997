package dev.anneal.service.inference;

import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Generates in an engine process of this service, which is started on first use, and again after it has died. */
public final class LocalGenerator implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LocalGenerator.class);

    /** How long the service's own requests wait in line for a slot. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * Maximum number of log-probabilities of a request, of tokens and alternatives together: some 30 MB until its
     * answer is sent.
     */
    private static final long MAX_LOGPROBS = 1 << 18;

    private final InferenceProperties properties;
    private final RequestedModels models;
    private final Supplier<EngineLauncher> launchers;
    private final ServeTask task;
    private final Clock clock;
    private final InferenceMeters meters;
    private final TenantSlots slots;
    private final AtomicLong lastId = new AtomicLong();
    private @Nullable EngineLauncher launcher;
    private volatile @Nullable ServingProcess process;
    private boolean isClosed;

    LocalGenerator(
            InferenceProperties properties,
            RequestedModels models,
            Supplier<EngineLauncher> launchers,
            ServeTask task,
            Clock clock,
            InferenceMeters meters) {
        this.properties = properties;
        this.slots = new TenantSlots(properties.maxAnswers(), properties.maxAnswersOfTenant());
        this.models = models;
        this.launchers = launchers;
        this.task = task;
        this.clock = clock;
        this.meters = meters;
    }

    /**
     * Starts a generation and returns when the prompt is accepted, which may take seconds if a model must be loaded.
     * The caller closes it.
     *
     * @param tenantId tenant whose tuned models can be named
     * @throws Refusal as {@link TextGenerator#generate} does
     */
    public Generation start(String tenantId, GenerationRequest request) {
        return start(tenantId, List.of(request)).get(0);
    }

    /**
     * Starts the generations of one request: either all of them get slots, or none starts. The caller closes each.
     *
     * @param requests at least one, all of the same model and with the same draft
     */
    public List<Generation> start(String tenantId, List<GenerationRequest> requests) {
        return start(tenantId, requests, Duration.ZERO);
    }

    private List<Generation> start(String tenantId, List<GenerationRequest> requests, Duration patience) {
        requireFewLogprobs(requests);
        take(
                tenantId,
                requests.stream()
                        .mapToInt(request -> request.decoding().choices())
                        .sum(),
                patience);
        List<Generation> generations =
                requests.stream().map(request -> placed(tenantId, request)).toList();
        // Only now: a model may have gigabytes to fetch.
        try (RequestedModels.Found found = models.find(tenantId, requests.get(0))) {
            for (int i = 0; i < requests.size(); i++) {
                begin(generations.get(i), tenantId, found, requests.get(i));
            }
            generations.forEach(Generation::awaitAcceptance);
            return generations;
        } catch (RuntimeException e) {
            generations.forEach(Generation::close);
            throw e;
        }
    }

    /** All of them are in memory at once, because an answer is complete or refused before it is sent. */
    private void requireFewLogprobs(List<GenerationRequest> requests) {
        long logprobs = requests.stream()
                .mapToLong(request -> request.decoding().mostLogprobs(properties.maxTokens()))
                .sum();
        if (logprobs > MAX_LOGPROBS) {
            throw Refusal.invalidValue(
                    "logprobs",
                    ("The answers may have %d log-probabilities (answers x tokens x (1 + alternatives)), and no"
                                    + " more than %d are allowed in a request; lower the number of tokens"
                                    + " ('max_tokens', by default %d), of answers or of alternatives")
                            .formatted(logprobs, MAX_LOGPROBS, properties.maxTokens()));
        }
    }

    /** Starts a generation that has its slots. */
    private Generation placed(String tenantId, GenerationRequest request) {
        int choices = request.decoding().choices();
        Generation generation = new Generation(choices, properties.requestTimeout());
        generation.whenClosed(() -> release(tenantId, choices));
        return generation;
    }

    private void begin(Generation generation, String tenantId, RequestedModels.Found found, GenerationRequest request) {
        ServingProcess serving = serving();
        long id = lastId.incrementAndGet();
        generation.begun(found.target().fingerprint());
        generation.whenClosed(() -> {
            serving.cancel(id);
            tellGenerated(generation);
        });
        serving.send(
                new ServeRequest.Generate(
                        id,
                        found.target().model(),
                        found.draftModel(),
                        request.draft().name() != null,
                        tenantId,
                        request.input(),
                        request.prediction(),
                        request.decoding(),
                        clock.instant()),
                generation::take);
    }

    /** Runs a whole generation, which waits for slots for a while and gets them before clients. */
    Generation.Whole generate(String tenantId, GenerationRequest request) {
        try (Generation generation = start(tenantId, List.of(request), PATIENCE).get(0)) {
            return generation.whole();
        }
    }

    private void take(String tenantId, int choices, Duration patience) {
        int most = properties.maxAnswersOfTenant();
        if (choices > most) {
            throw Refusal.invalidValue(
                    "n",
                    ("The request is for %d answers ('n' to each prompt), and no more than %d may be generated or"
                                    + " wait for a tenant at a time (half of anneal.inference.max-answers); lower 'n'"
                                    + " or give fewer prompts")
                            .formatted(choices, most));
        }
        if (!slots.take(tenantId, choices, patience)) {
            meters.refused(choices);
            throw new Refusal(
                    RefusalCode.QUEUE_FULL,
                    ("%d answers (anneal.inference.max-answers), %d of one tenant, may be generated or wait at a"
                                    + " time; too few of these are free. Try again.")
                            .formatted(properties.maxAnswers(), most));
        }
        tellOpenAnswers();
    }

    private void release(String tenantId, int choices) {
        slots.giveBack(tenantId, choices);
        tellOpenAnswers();
    }

    private void tellOpenAnswers() {
        meters.openAnswers(slots.taken());
    }

    private void tellGenerated(Generation generation) {
        if (generation.isComplete()) {
            meters.generated(generation.promptTokens(), generation.tokens());
        }
    }

    private synchronized ServingProcess serving() {
        ServingProcess current = process;
        if (current != null && current.isAlive()) {
            return current;
        }
        if (isClosed) {
            throw new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service stops. Try again.");
        }
        try {
            EngineLauncher starter = launcher == null ? launchers.get() : launcher;
            launcher = starter;
            ServingProcess started = ServingProcess.start(starter, task, properties.stallTimeout());
            process = started;
            return started;
        } catch (IOException | UncheckedIOException e) {
            LOG.error("The engine process that serves cannot be started; the next request tries again", e);
            throw new Refusal(
                    RefusalCode.SERVICE_UNAVAILABLE,
                    "The process that generates cannot be started; the service's log says why. Try again.");
        }
    }

    /** Whether the process that generates may hang. */
    boolean isHeldUp() {
        ServingProcess current = process;
        return current != null && current.isAlive() && current.isSilent();
    }

    /** Beans are closed after the web server has stopped, when all requests are answered. */
    @Override
    public synchronized void close() {
        isClosed = true;
        ServingProcess current = process;
        if (current != null) {
            current.close();
            process = null;
        }
    }
}
