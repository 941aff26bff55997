package dev.anneal.service.worker.watch;

import dev.anneal.service.queue.WorkError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker for a worker's dependencies: while a part is faulty the worker claims nothing, and while a base
 * model is missing it skips work that needs it. Probes detect faults and their end, so that no attempt is wasted. A
 * fault that only attempts detect counts as well, for a pause that grows each time it recurs. Thread-safe.
 */
public final class Environment {

    private static final Logger LOG = LoggerFactory.getLogger(Environment.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** A fault that recurs sooner is treated as the same one and continues with its last pause. */
    private static final Duration RELAPSE = Duration.ofMinutes(10);

    /**
     * Faults of neither a part nor the base model: files of one item are lost, one slot is given up, or another worker
     * is not there.
     */
    private static final Set<String> OF_NO_PART =
            Set.of("artifact_not_available", StuckProcessException.CODE, Verdict.INCOMPLETE_GROUP);

    /** A model that an attempt could not read may be damaged only on this machine. */
    private static final String UNREADABLE_MODEL = "base_model_unreadable";

    /** Errors after which the engine may be unable to compute on this machine. */
    private static final Set<String> SUSPICIOUS = Set.of(
            "device_failed", "device_unavailable", "engine_failed", "engine_crashed", "no_start", "worker_failed");

    private final List<Part> parts;
    private final Function<String, Supplier<Optional<WorkError>>> modelProbes;
    private final LongSupplier nanoTime;
    private final Map<String, Breaker> models = new HashMap<>();

    /**
     * @param modelProbes creates the probe of a base model, named as in {@link dev.anneal.service.queue.NewWork}
     */
    public Environment(
            List<Part> parts, Function<String, Supplier<Optional<WorkError>>> modelProbes, LongSupplier nanoTime) {
        this.parts = List.copyOf(parts);
        this.modelProbes = modelProbes;
        this.nanoTime = nanoTime;
    }

    /** An environment without faults. */
    public static Environment healthy() {
        return new Environment(List.of(), model -> Optional::empty, System::nanoTime);
    }

    /**
     * A part of the environment.
     *
     * @param name tag of its metric
     * @param codes error codes of its faults
     * @param regularPause interval of probes while it is sound; null for a part that is probed only after failed
     *     attempts
     */
    public record Part(
            String name,
            Set<String> codes,
            Breaker breaker,
            @Nullable Duration regularPause) {

        /** A part that is probed regularly, because its probe is cheap. */
        public static Part watched(
                String name, Set<String> codes, Supplier<Optional<WorkError>> probe, Duration regularPause) {
            return new Part(name, codes, new Breaker(name, probe), regularPause);
        }

        /** A part that is probed after attempts that it may have ended. */
        static Part suspected(String name, Set<String> codes, Supplier<Optional<WorkError>> probe) {
            return new Part(name, codes, new Breaker(name, probe), null);
        }

        boolean isFaulty() {
            return breaker.fault().isPresent();
        }
    }

    List<Part> parts() {
        return parts;
    }

    /** The fault that prevents claims, if any. */
    public Optional<WorkError> fault() {
        return parts.stream().flatMap(part -> part.breaker().fault().stream()).findFirst();
    }

    /** Missing base models, whose work is skipped. */
    public synchronized Set<String> lackingModels() {
        return models.entrySet().stream()
                .filter(model -> model.getValue().fault().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Attributes the failure of an attempt. A fault of this worker takes precedence over the reported error, except
     * errors of the work itself.
     *
     * @param attempted base models of the attempt
     */
    public WorkError blame(WorkError error, List<String> attempted) {
        if (error.origin() == WorkError.Origin.USER && !error.code().equals(UNREADABLE_MODEL)) {
            return error;
        }
        if (error.origin() == WorkError.Origin.ENVIRONMENT) {
            // Nothing is probed: a probe may hang on what has just failed, and the attempt with it.
            culprits(error.code(), attempted).stream()
                    .filter(breaker -> breaker.fault().isEmpty())
                    .forEach(breaker -> breaker.open(error, nanoTime.getAsLong()));
            return error;
        }
        List<WorkError> faults = new ArrayList<>();
        for (Part part : parts) {
            if (part.regularPause() != null || SUSPICIOUS.contains(error.code())) {
                part.breaker().look(nanoTime.getAsLong()).ifPresent(faults::add);
            }
        }
        attempted.forEach(model -> breakerOf(model).look(nanoTime.getAsLong()).ifPresent(faults::add));
        return faults.isEmpty() ? error : faults.get(0);
    }

    /**
     * What a code puts in question: codes that belong to no part are those of base models, with few exceptions. Of
     * several models each may be missing until its next probe.
     */
    private List<Breaker> culprits(String code, List<String> attempted) {
        Optional<Breaker> part = parts.stream()
                .filter(candidate -> candidate.codes().contains(code))
                .map(Part::breaker)
                .findFirst();
        return part.isPresent() || OF_NO_PART.contains(code)
                ? part.stream().toList()
                : attempted.stream().map(this::breakerOf).toList();
    }

    private synchronized Breaker breakerOf(String model) {
        return models.computeIfAbsent(model, name -> new Breaker("base model '" + name + "'", modelProbes.apply(name)));
    }

    /** Probes all parts and models that are due. */
    void probe() {
        for (Part part : parts) {
            lookIfDue(part.breaker(), part.regularPause());
        }
        List<Breaker> known;
        synchronized (this) {
            known = List.copyOf(models.values());
        }
        known.forEach(breaker -> lookIfDue(breaker, null));
    }

    private void lookIfDue(Breaker breaker, @Nullable Duration regularPause) {
        if (breaker.isDue(nanoTime.getAsLong(), regularPause)) {
            breaker.look(nanoTime.getAsLong());
        }
    }

    /** Open while its part is faulty, and at least for its pause. */
    static final class Breaker {

        private final String name;
        private final Supplier<Optional<WorkError>> probe;
        private @Nullable WorkError fault;
        private @Nullable Long lookedNanos;
        private @Nullable Long closedNanos;
        private Duration pause = FIRST_PAUSE;

        Breaker(String name, Supplier<Optional<WorkError>> probe) {
            this.name = name;
            this.probe = probe;
        }

        public synchronized Optional<WorkError> fault() {
            return Optional.ofNullable(fault);
        }

        synchronized boolean isDue(long now, @Nullable Duration regularPause) {
            Duration wanted = fault == null ? regularPause : pause;
            return wanted != null && (lookedNanos == null || now - lookedNanos >= wanted.toNanos());
        }

        /** Probes, which may take long, and returns the fault. */
        Optional<WorkError> look(long now) {
            Optional<WorkError> found = probe.get();
            synchronized (this) {
                if (found.isPresent()) {
                    open(found.get(), now);
                } else {
                    close(now);
                }
            }
            return found;
        }

        synchronized void open(WorkError found, long now) {
            if (fault == null) {
                LOG.warn("This worker's {} is faulty: {}", name, found.message());
            }
            boolean goesOn = fault != null || (closedNanos != null && now - closedNanos < RELAPSE.toNanos());
            Duration longer = pause.multipliedBy(2);
            pause = !goesOn ? FIRST_PAUSE : longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            fault = found;
            lookedNanos = now;
        }

        private void close(long now) {
            if (fault == null) {
                lookedNanos = now;
            } else if (isDue(now, null)) {
                LOG.info("This worker's {} works again", name);
                fault = null;
                lookedNanos = now;
                closedNanos = now;
            }
        }
    }
}
