package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.Attempt.Outcome;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state machine of a work item, in memory and without SQL: what the database is compared with. */
final class WorkModel {

    /** What is compared, as PostgreSQL's {@code format} takes it. */
    static final String ROW =
            "%s, wish %s, token %s, retries %s of user and %s of platform, %s waits for %s, error of %s, %s lease, attempts: %s";

    static final String ATTEMPT = "%s %s step %s saved %s";

    /** One claim. */
    private static final class Attempt {
        final String worker;

        /** Null if the worker never heard of it. */
        @Nullable
        Lease lease;

        boolean hasExpired;
        long batch;

        @Nullable
        Integer step;

        @Nullable
        Integer savedStep;

        @Nullable
        Outcome outcome;

        Attempt(String worker, @Nullable Integer savedStep) {
            this.worker = worker;
            this.savedStep = savedStep;
        }

        @Override
        public String toString() {
            return format(ATTEMPT, worker, outcome, step, savedStep);
        }
    }

    /** Answer to {@link #progress}. */
    record Progressed(Optional<Leases.Held> held, boolean isNew) {}

    private final NewWork work;
    private final LeaseProperties properties;
    private final LongSupplier clock;
    private final List<Attempt> attempts = new ArrayList<>();
    private WorkState state;
    private long queuedAt;
    private long claimedAt;

    @Nullable
    private Wish wish;

    private int userRetries;
    private int platformRetries;
    private int waits;

    @Nullable
    private String waitsFor;

    private WorkError.@Nullable Origin error;

    /**
     * @param clock later at each call
     */
    WorkModel(NewWork work, boolean validating, LeaseProperties properties, LongSupplier clock) {
        this.work = work;
        this.state = validating ? WorkState.VALIDATING : WorkState.QUEUED;
        this.properties = properties;
        this.clock = clock;
        this.queuedAt = clock.getAsLong();
    }

    // What clients ask for; empty if it is refused.

    /** False if it is decided already. */
    boolean validated(boolean isValid) {
        if (state != WorkState.VALIDATING) {
            return false;
        }
        if (isValid) {
            enqueue();
        } else {
            state = WorkState.FAILED;
            error = WorkError.Origin.USER;
        }
        return true;
    }

    /** Running work gets a wish, other work ends at once. */
    Optional<WorkState> cancel() {
        if (state.isFinal()) {
            return Optional.empty();
        }
        return Optional.of(wish(Wish.CANCEL, WorkState.CANCELLED));
    }

    /** Only trainings that wait or run; a wish to cancel remains. */
    Optional<WorkState> pause() {
        boolean runs = state == WorkState.RUNNING && wish != Wish.CANCEL;
        if (!isTraining() || !(runs || state == WorkState.QUEUED || state == WorkState.PAUSED)) {
            return Optional.empty();
        }
        return Optional.of(wish(Wish.PAUSE, WorkState.PAUSED));
    }

    /**
     * Only trainings that are paused, or were failed by the platform. Their retries begin anew, those after the user's
     * errors only if failed.
     */
    Optional<WorkState> resume() {
        boolean isFailed = state == WorkState.FAILED && error != WorkError.Origin.USER && !attempts.isEmpty();
        if (!isTraining() || !(isFailed || state == WorkState.PAUSED)) {
            return Optional.empty();
        }
        userRetries = isFailed ? 0 : userRetries;
        platformRetries = 0;
        error = null;
        stopWaiting();
        enqueue();
        return Optional.of(state);
    }

    private WorkState wish(Wish asked, WorkState atOnce) {
        boolean runs = state == WorkState.RUNNING;
        wish = runs ? asked : null;
        state = runs ? state : atOnce;
        return state;
    }

    private void enqueue() {
        state = WorkState.QUEUED;
        queuedAt = clock.getAsLong();
    }

    // What workers do.

    /** A new attempt, which begins with what the last one saved. */
    void claim(String worker) {
        state = WorkState.RUNNING;
        claimedAt = clock.getAsLong();
        attempts.add(new Attempt(worker, attempts.isEmpty() ? null : newest().savedStep));
    }

    /** The worker hears of its claim. */
    void hold(Lease lease) {
        newest().lease = lease;
    }

    boolean isHeld(Lease lease) {
        return state == WorkState.RUNNING && lease.equals(newest().lease);
    }

    /** Extends only a lease that has not expired. */
    Optional<Leases.Held> heartbeat(Lease lease) {
        return held(lease).filter(held -> !newest().hasExpired);
    }

    boolean reclaim(Lease lease) {
        boolean held = isHeld(lease);
        if (held) {
            newest().hasExpired = false;
        }
        return held;
    }

    Optional<Leases.Held> held(Lease lease) {
        return isHeld(lease) ? Optional.of(new Leases.Held(Optional.ofNullable(wish))) : Optional.empty();
    }

    /**
     * A batch counts once. More steps than in all earlier attempts end the waiting; more saved steps also give back the
     * platform's retries.
     */
    Progressed progress(Lease lease, long batch, @Nullable Integer step, @Nullable Integer savedStep) {
        Optional<Leases.Held> held = held(lease);
        if (held.isEmpty()) {
            return new Progressed(held, false);
        }
        boolean savesMore = savedStep != null && savedStep > earlier(attempt -> orZero(attempt.savedStep));
        if (savesMore) {
            platformRetries = 0;
        }
        if (savesMore || (step != null && step > earlier(attempt -> orZero(attempt.step)))) {
            stopWaiting();
        }
        Attempt attempt = newest();
        boolean isNew = batch > attempt.batch;
        if (isNew) {
            attempt.batch = batch;
            attempt.step = step == null ? attempt.step : step;
            attempt.savedStep = savedStep == null ? attempt.savedStep : savedStep;
        }
        return new Progressed(held, isNew);
    }

    /** Whatever the client's wish. */
    Ending succeed(Lease lease) {
        return isHeld(lease)
                ? end(WorkState.SUCCEEDED, Outcome.SUCCEEDED)
                : repeated(lease, EnumSet.of(Outcome.SUCCEEDED));
    }

    /** Grants the client's wish, or leaves the work to another worker. */
    Ending giveBack(Lease lease) {
        if (!isHeld(lease)) {
            return repeated(lease, EnumSet.of(Outcome.GIVEN_BACK, Outcome.PAUSED, Outcome.CANCELLED));
        }
        if (wish == null) {
            return end(WorkState.QUEUED, Outcome.GIVEN_BACK);
        }
        return switch (wish) {
            case CANCEL -> end(WorkState.CANCELLED, Outcome.CANCELLED);
            case PAUSE -> end(WorkState.PAUSED, Outcome.PAUSED);
        };
    }

    Ending fail(Lease lease, WorkError because) {
        return isHeld(lease) ? fail(because, Outcome.FAILED, false) : repeated(lease, EnumSet.of(Outcome.FAILED));
    }

    private Ending repeated(Lease lease, Set<Outcome> outcomes) {
        boolean isRepeated = attempts.stream()
                .anyMatch(attempt -> lease.equals(attempt.lease) && outcomes.contains(attempt.outcome));
        return isRepeated ? new Ending(Ending.Result.REPEATED, state) : Ending.STALE;
    }

    // What happens to lost workers.

    void expire() {
        if (state == WorkState.RUNNING) {
            newest().hasExpired = true;
        }
    }

    boolean hasExpired() {
        return state == WorkState.RUNNING && newest().hasExpired;
    }

    /** A worker that was lost with other work costs no retry, unless the last attempt was lost as well. */
    WorkState rescue(boolean lostWithOtherWork) {
        boolean lostBefore = attempts.size() > 1 && attempts.get(attempts.size() - 2).outcome == Outcome.LOST;
        fail(WorkError.ofSystem(WorkError.WORKER_LOST, ""), Outcome.LOST, lostWithOtherWork && !lostBefore);
        return state;
    }

    /** Each origin has its own retries; faults of the environment and excused losses need none. */
    private Ending fail(WorkError because, Outcome outcome, boolean excused) {
        WorkError.Origin origin = because.origin();
        boolean retriesOfUser = origin == WorkError.Origin.USER && userRetries < properties.userRetries();
        boolean retriesOfPlatform =
                origin == WorkError.Origin.SYSTEM && !excused && platformRetries < properties.platformRetries();
        boolean waiting = origin == WorkError.Origin.ENVIRONMENT;
        int waited = because.code().equals(waitsFor) ? waits : 0;

        WorkState next = retriesOfUser || retriesOfPlatform || waiting || excused ? WorkState.QUEUED : WorkState.FAILED;
        Ending ending = end(wish == Wish.CANCEL ? WorkState.CANCELLED : next, outcome);
        userRetries += retriesOfUser ? 1 : 0;
        platformRetries += retriesOfPlatform ? 1 : 0;
        error = state == WorkState.FAILED ? origin : null;
        if (waiting && state == WorkState.QUEUED) {
            waits = waited + 1;
            waitsFor = because.code();
        }
        return ending;
    }

    /** A wish to pause that was not granted remains for the next attempt. */
    private Ending end(WorkState next, Outcome outcome) {
        newest().outcome = outcome;
        state = next;
        wish = next == WorkState.QUEUED ? wish : null;
        stopWaiting();
        return new Ending(Ending.Result.APPLIED, next);
    }

    private void stopWaiting() {
        waits = 0;
        waitsFor = null;
    }

    // What the queue asks.

    String tenant() {
        return work.tenantId();
    }

    Slot slot() {
        return isTraining() ? Slot.TRAINING : Slot.LIGHT;
    }

    int priority() {
        return work.priority();
    }

    WorkState state() {
        return state;
    }

    long queuedAt() {
        return queuedAt;
    }

    /** 0 if never. */
    long claimedAt() {
        return claimedAt;
    }

    String worker() {
        return newest().worker;
    }

    /** Whether a worker was lost with it. */
    boolean hasLost(String worker) {
        return attempts.stream().anyMatch(attempt -> attempt.outcome == Outcome.LOST && attempt.worker.equals(worker));
    }

    /** What holds in every state: one attempt at a time, and one success at most. */
    boolean isSound() {
        long open = attempts.stream().filter(attempt -> attempt.outcome == null).count();
        long successes = attempts.stream()
                .filter(attempt -> attempt.outcome == Outcome.SUCCEEDED)
                .count();
        return open == (state == WorkState.RUNNING ? 1 : 0)
                && successes == (state == WorkState.SUCCEEDED ? 1 : 0)
                && userRetries <= properties.userRetries()
                && platformRetries <= properties.platformRetries();
    }

    @Override
    public String toString() {
        return format(
                ROW,
                state,
                wish,
                attempts.size(),
                userRetries,
                platformRetries,
                waits,
                waitsFor,
                error,
                state == WorkState.RUNNING ? 1 : 0,
                attempts.stream().map(Attempt::toString).collect(Collectors.joining(", ")));
    }

    /** As PostgreSQL's {@code format}. */
    private static String format(String pattern, @Nullable Object... values) {
        return pattern.formatted(
                Arrays.stream(values).map(value -> Objects.toString(value, "")).toArray());
    }

    private boolean isTraining() {
        return work.kind() == WorkKind.TRAIN;
    }

    private Attempt newest() {
        return attempts.get(attempts.size() - 1);
    }

    private int earlier(ToIntFunction<Attempt> steps) {
        return attempts.subList(0, attempts.size() - 1).stream()
                .mapToInt(steps)
                .max()
                .orElse(0);
    }

    private static int orZero(@Nullable Integer step) {
        return step == null ? 0 : step;
    }
}
