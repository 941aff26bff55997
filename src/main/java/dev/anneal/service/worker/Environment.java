package dev.anneal.service.worker;

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
 * What a worker depends on, as a circuit breaker: while a part is at fault the worker claims nothing, and while a base model is missing it skips the
 * work that needs it. Probes find faults and their end, so that no attempt is spent on that. A fault that attempts meet and probes do not find counts
 * as well, for a pause that grows each time it is met again. Thread-safe.
 */
final class Environment {

    private static final Logger LOG = LoggerFactory.getLogger(Environment.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** A fault that comes back sooner is the same one, which takes up its pause where that had grown to. */
    private static final Duration RELAPSE = Duration.ofMinutes(10);

    /** Files of one piece of work are lost, which is no fault of this worker. */
    private static final String LOST_FILES = "artifact_not_available";

    /** A model that an attempt could not read may be damaged on this machine alone. */
    private static final String UNREADABLE_MODEL = "base_model_unreadable";

    /** After these it is not certain that the engine can compute here at all. */
    private static final Set<String> SUSPICIOUS =
            Set.of("device_unavailable", "engine_failed", "engine_crashed", "no_start", "worker_failed");

    private final List<Part> parts;
    private final Function<String, Supplier<Optional<WorkError>>> modelProbes;
    private final LongSupplier nanoTime;
    private final Map<String, Breaker> models = new HashMap<>();

    /** @param modelProbes makes what looks for a base model, named as in {@link dev.anneal.service.queue.NewWork} */
    Environment(List<Part> parts, Function<String, Supplier<Optional<WorkError>>> modelProbes, LongSupplier nanoTime) {
        this.parts = List.copyOf(parts);
        this.modelProbes = modelProbes;
        this.nanoTime = nanoTime;
    }

    /** One that has no faults. */
    static Environment sound() {
        return new Environment(List.of(), model -> Optional::empty, System::nanoTime);
    }

    /**
     * A part of the environment.
     *
     * @param name tag of its meter
     * @param codes those of its faults
     * @param regularPause how often it is looked at while it is sound; null for a part that only failed attempts put in question
     */
    record Part(
            String name,
            Set<String> codes,
            Breaker breaker,
            @Nullable Duration regularPause) {

        /** A part that is cheap to look at. */
        static Part watched(
                String name, Set<String> codes, Supplier<Optional<WorkError>> probe, Duration regularPause) {
            return new Part(name, codes, new Breaker(name, probe), regularPause);
        }

        /** A part that is looked at after attempts that it may have ended. */
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

    /** Why nothing is claimed, if so. */
    Optional<WorkError> fault() {
        return parts.stream().flatMap(part -> part.breaker().fault().stream()).findFirst();
    }

    /** Base models whose work is passed over. */
    synchronized Set<String> lackingModels() {
        return models.entrySet().stream()
                .filter(model -> model.getValue().fault().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Decides whose fault the end of an attempt is. A fault of this worker is to blame whatever the attempt reports; only errors of the work itself
     * stay its own.
     *
     * @param model base model of the attempt, or null
     */
    WorkError blame(WorkError error, @Nullable String model) {
        if (error.origin() == WorkError.Origin.USER && !error.code().equals(UNREADABLE_MODEL)) {
            return error;
        }
        List<WorkError> faults = new ArrayList<>();
        for (Part part : parts) {
            if (part.regularPause() != null || SUSPICIOUS.contains(error.code())) {
                part.breaker().look(nanoTime.getAsLong()).ifPresent(faults::add);
            }
        }
        if (model != null) {
            breakerOf(model).look(nanoTime.getAsLong()).ifPresent(faults::add);
        }
        if (error.origin() != WorkError.Origin.ENVIRONMENT) {
            return faults.isEmpty() ? error : faults.get(0);
        }
        culprit(error.code(), model)
                .filter(breaker -> breaker.fault().isEmpty())
                .ifPresent(breaker -> breaker.open(error, nanoTime.getAsLong()));
        return error;
    }

    /** What an attempt has found at fault: of the codes that belong to no part, all are the base model's but one. */
    private Optional<Breaker> culprit(String code, @Nullable String model) {
        Optional<Breaker> part = parts.stream()
                .filter(candidate -> candidate.codes().contains(code))
                .map(Part::breaker)
                .findFirst();
        return part.isPresent() || model == null || code.equals(LOST_FILES) ? part : Optional.of(breakerOf(model));
    }

    private synchronized Breaker breakerOf(String model) {
        return models.computeIfAbsent(model, name -> new Breaker("base model '" + name + "'", modelProbes.apply(name)));
    }

    /** Probes all parts and models that are due. */
    void look() {
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

    /** Open while its part is at fault, and at least for its pause. */
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

        synchronized Optional<WorkError> fault() {
            return Optional.ofNullable(fault);
        }

        synchronized boolean isDue(long now, @Nullable Duration regularPause) {
            Duration wanted = fault == null ? regularPause : pause;
            return wanted != null && (lookedNanos == null || now - lookedNanos >= wanted.toNanos());
        }

        /** Probes now, which may take long, and returns the fault. */
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
                LOG.warn("This worker's {} is at fault: {}", name, found.message());
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
                LOG.info("This worker's {} is sound again", name);
                fault = null;
                lookedNanos = now;
                closedNanos = now;
            }
        }
    }
}
