package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.QueueNumbers;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkEnd;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The queue on the tests' database, with short words for what tests arrange. */
public final class TestQueue {

    public static final Set<String> METHODS = Set.of("supervised", "merged", "evaluate");
    public static final Duration MINUTE = Duration.ofMinutes(1);

    /** How long a training that waits for more devices is overtaken. */
    static final Duration OVERTAKING = Duration.ofMinutes(10);

    /** For rescues that no outage of the database is to hold up. */
    public static final Instant ANY_TIME = Instant.parse("9999-12-31T00:00:00Z");

    /** As by default, but retries are due at once. */
    public static final LeaseProperties PROPERTIES = properties(16, 1, 3, Duration.ZERO);

    /** What has ended for good, in order. */
    public final List<WorkEnd> ended = new ArrayList<>();

    public final WorkQueue queue;
    public final QueueNumbers numbers = TestWorkQueues.numbers();
    public final Leases leases;
    public final Rescuer rescuer;

    /** Counts rescues. */
    public final MeterRegistry registry = new SimpleMeterRegistry();

    /** What the rescuer's own process works on. */
    public final Set<Long> heldHere = new HashSet<>();

    private long batches;

    public TestQueue() {
        this(PROPERTIES);
    }

    public TestQueue(LeaseProperties properties, RescueListener... listeners) {
        this(properties, TestDatabase.system(), Lease.FENCE, listeners);
    }

    /**
     * @param system the workers' database; what the tests ask and rescue goes to the usual one
     * @param fence condition on the row that an ending may change
     */
    public TestQueue(LeaseProperties properties, SystemDatabase system, String fence, RescueListener... listeners) {
        ApplicationEventPublisher events = TestWorkQueues.ends(ended::add);
        this.queue = TestWorkQueues.queue(events);
        JdbcClient jdbc = TestDatabase.jdbc();
        this.leases = new Leases(
                jdbc,
                system,
                TestDatabase.heartbeat(),
                properties,
                new Endings(jdbc, system, properties, events, fence));
        this.rescuer = new Rescuer(
                jdbc,
                TestDatabase.system(),
                properties,
                events,
                () -> heldHere,
                List.of(listeners),
                new RescueMeters(registry));
    }

    public static Memberships memberships() {
        return new Memberships(TestDatabase.jdbc(), TestDatabase.system());
    }

    public static LeaseProperties properties(
            int tenantLimit, int userRetries, int platformRetries, Duration retryDelay) {
        return new LeaseProperties(
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMinutes(15),
                Duration.ofDays(7),
                tenantLimit,
                OVERTAKING,
                userRetries,
                platformRetries,
                retryDelay,
                Duration.ofMinutes(10));
    }

    public static NewWork training(String tenant) {
        return training(tenant, NewWork.DEFAULT_PRIORITY);
    }

    public static NewWork training(String tenant, int priority) {
        return new NewWork(tenant, WorkKind.TRAIN, "supervised", priority, null);
    }

    public long enqueue(NewWork work) {
        return TestDatabase.tenant().call(work.tenantId(), () -> queue.enqueue(work));
    }

    /** Enqueues a training of tenant {@code one}. */
    public long enqueued() {
        return enqueue(training("one"));
    }

    /** Claims the next training. */
    public Optional<Claim> claim() {
        return claim("worker");
    }

    public Optional<Claim> claim(String worker) {
        return leases.claim(Claimants.of(worker, Slot.TRAINING, METHODS, Set.of()));
    }

    /** A training of tenant {@code one} that a worker has claimed. */
    public Lease running() {
        enqueued();
        return claim().orElseThrow().lease();
    }

    /** Publishes progress without rows. */
    public void progress(Lease lease, @Nullable Integer step, @Nullable Integer savedStep) {
        leases.progress(lease, ++batches, step, savedStep, MINUTE, Leases.nothing());
    }

    public Work find(long id) {
        return TestDatabase.system().call(() -> queue.find(id).orElseThrow());
    }

    public List<Attempt> attempts(long id) {
        return TestDatabase.system().call(() -> queue.attempts(List.of(id)));
    }

    public WorkState cancel(long id) {
        return asTenant(() -> queue.cancel(id));
    }

    public WorkState pause(long id) {
        return asTenant(() -> queue.pause(id));
    }

    public WorkState resume(long id) {
        return asTenant(() -> queue.resume(id));
    }

    public boolean ready(long id) {
        return asTenant(() -> queue.ready(id));
    }

    public boolean reject(long id, WorkError error) {
        return asTenant(() -> queue.reject(id, error));
    }

    /** What tenant {@code one} asks for. */
    public <T> T asTenant(Supplier<T> request) {
        return TestDatabase.tenant().call("one", request);
    }

    /** The clocks of a lease, set back instead of waited for. */
    public static void expire(Lease lease) {
        expire(lease.workId());
    }

    static void expire(long id) {
        change("UPDATE lease SET expires_at = clock_timestamp() - interval '1 second' WHERE work_id = ?", id);
    }

    public static void stall(Lease lease) {
        change(
                "UPDATE lease SET stalls_at = clock_timestamp() - interval '1 second' WHERE work_id = ?",
                lease.workId());
    }

    public static void passDeadline(Lease lease) {
        change("UPDATE work SET deadline_at = clock_timestamp() - interval '1 second' WHERE id = ?", lease.workId());
    }

    /** Waits {@code duration} in no time. */
    public static void age(long id, Duration duration) {
        TestDatabase.administrator()
                .sql("UPDATE work SET run_at = run_at - make_interval(secs => ?) WHERE id = ?")
                .param(duration.toSeconds())
                .param(id)
                .update();
    }

    public static void change(String statement, long id) {
        TestDatabase.administrator().sql(statement).param(id).update();
    }
}
