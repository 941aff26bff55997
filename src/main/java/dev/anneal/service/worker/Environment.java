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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker stands on, as a circuit breaker: while a part is at fault the worker claims nothing, and while it lacks a base model it passes over what
 * needs that. Faults are found and found gone by looking, so that no work is spent on it. Thread-safe.
 */
final class Environment {

    private static final Logger LOG = LoggerFactory.getLogger(Environment.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Files that a failed attempt calls wrong may be those of this machine alone. */
    private static final String UNREADABLE_MODEL = "base_model_unreadable";

    /** After these it is not certain that the engine can compute here at all. */
    private static final Set<String> SUSPICIOUS =
            Set.of("device_unavailable", "engine_failed", "engine_crashed", "no_start", "worker_failed");

    private final List<Part> parts;
    private final Function<String, Optional<WorkError>> models;
    private final LongSupplier nanoTime;
    private final Map<String, Breaker> lacking = new HashMap<>();

    /** @param models looks for a base model, named as in {@link dev.anneal.service.queue.NewWork} */
    Environment(List<Part> parts, Function<String, Optional<WorkError>> models, LongSupplier nanoTime) {
        this.parts = List.copyOf(parts);
        this.models = models;
        this.nanoTime = nanoTime;
    }

    /** One that has no faults. */
    static Environment sound() {
        return new Environment(List.of(), model -> Optional.empty(), System::nanoTime);
    }

    /**
     * A part of the environment.
     *
     * @param name tag of its meter
     * @param regularPause how often it is looked at while it is sound; null for a part that only failed attempts put in question
     */
    record Part(String name, Breaker breaker, @Nullable Duration regularPause) {

        /** A part that is cheap to look at. */
        static Part watched(String name, Supplier<Optional<WorkError>> probe, Duration regularPause) {
            return new Part(name, new Breaker(name, probe), regularPause);
        }

        /** A part that is looked at after attempts that it may have ended. */
        static Part suspected(String name, Supplier<Optional<WorkError>> probe) {
            return new Part(name, new Breaker(name, probe), null);
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
        return Set.copyOf(lacking.keySet());
    }

    /**
     * Says whose fault the end of an attempt is: on a worker that something is wrong with, that is to blame, whatever the attempt says of itself. Only what
     * is the work's own stays its own.
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
        Optional<WorkError> modelFault = model == null ? Optional.empty() : models.apply(model);
        modelFault.ifPresent(fault -> lacks(String.valueOf(model), fault));
        modelFault.ifPresent(faults::add);
        return error.origin() == WorkError.Origin.ENVIRONMENT || faults.isEmpty() ? error : faults.get(0);
    }

    private synchronized void lacks(String model, WorkError fault) {
        LOG.warn("This worker passes over work that needs the base model '{}': {}", model, fault.message());
        Breaker breaker = lacking.computeIfAbsent(model, name -> new Breaker(name, () -> models.apply(name)));
        breaker.open(fault, nanoTime.getAsLong());
    }

    /** Looks at everything whose turn it is. */
    void look() {
        for (Part part : parts) {
            if (part.breaker().isDue(nanoTime.getAsLong(), part.regularPause())) {
                part.breaker().look(nanoTime.getAsLong());
            }
        }
        List<Breaker> due;
        synchronized (this) {
            due = lacking.values().stream()
                    .filter(breaker -> breaker.isDue(nanoTime.getAsLong(), null))
                    .toList();
        }
        due.forEach(breaker -> breaker.look(nanoTime.getAsLong()));
        synchronized (this) {
            lacking.values().removeIf(breaker -> breaker.fault().isEmpty());
        }
    }

    /** Open while its part is at fault. */
    static final class Breaker {

        private final String name;
        private final Supplier<Optional<WorkError>> probe;
        private @Nullable WorkError fault;
        private @Nullable Long lookedNanos;
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

        /** Looks now, which may take its time, and returns the fault. */
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
                pause = FIRST_PAUSE;
            } else {
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
            fault = found;
            lookedNanos = now;
        }

        private void close(long now) {
            if (fault != null) {
                LOG.info("This worker's {} is sound again", name);
            }
            fault = null;
            lookedNanos = now;
        }
    }
}
