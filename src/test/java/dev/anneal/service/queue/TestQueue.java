package dev.anneal.service.queue;

import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.database.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The queue on the tests' database, with short words for what tests arrange. */
final class TestQueue {

    static final Set<String> METHODS = Set.of("supervised", "merged", "evaluate");
    static final Duration MINUTE = Duration.ofMinutes(1);

    /** As by default, but retries are due at once. */
    static final QueueProperties PROPERTIES = properties(16, 1, 3, Duration.ZERO);

    /** What has ended for good, in order. */
    final List<WorkEnd> ended = new ArrayList<>();

    final WorkQueue queue;
    final QueueNumbers numbers = new QueueNumbers(TestDatabase.system());
    final Leases leases;
    final Rescuer rescuer;

    TestQueue() {
        this(PROPERTIES);
    }

    TestQueue(QueueProperties properties, RescueListener... listeners) {
        this(properties, TestDatabase.system(), Endings.FENCE, listeners);
    }

    /**
     * @param system the workers' database; what the tests ask and rescue goes to the usual one
     * @param fence condition on the row that an ending may change
     */
    TestQueue(QueueProperties properties, SystemDatabase system, String fence, RescueListener... listeners) {
        WorkEnds ends = new WorkEnds(List.of(ended::add));
        this.queue = new WorkQueue(ends);
        this.leases =
                new Leases(system, TestDatabase.heartbeat(), properties, new Endings(system, properties, ends, fence));
        this.rescuer = new Rescuer(TestDatabase.system(), properties, ends, List.of(listeners));
    }

    static QueueProperties properties(int tenantLimit, int userRetries, int platformRetries, Duration retryDelay) {
        return new QueueProperties(
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMinutes(15),
                Duration.ofDays(7),
                tenantLimit,
                userRetries,
                platformRetries,
                retryDelay,
                Duration.ofMinutes(10));
    }

    static NewWork training(String tenant) {
        return training(tenant, NewWork.DEFAULT_PRIORITY);
    }

    static NewWork training(String tenant, int priority) {
        return new NewWork(tenant, WorkKind.TRAIN, "supervised", priority, null);
    }

    long enqueue(NewWork work) {
        return TestDatabase.tenant().call(work.tenantId(), jdbc -> queue.enqueue(jdbc, work));
    }

    /** Enqueues a training of tenant {@code one}. */
    long enqueued() {
        return enqueue(training("one"));
    }

    /** Claims the next training. */
    Optional<Claim> claim() {
        return leases.claim("worker", Slot.TRAINING, METHODS);
    }

    /** A training of tenant {@code one} that a worker has claimed. */
    Lease running() {
        enqueued();
        return claim().orElseThrow().lease();
    }

    Work find(long id) {
        return TestDatabase.system().call(jdbc -> queue.find(jdbc, id).orElseThrow());
    }

    List<Attempt> attempts(long id) {
        return TestDatabase.system().call(jdbc -> queue.attempts(jdbc, List.of(id)));
    }

    WorkState cancel(long id) {
        return asTenant(jdbc -> queue.cancel(jdbc, id));
    }

    WorkState pause(long id) {
        return asTenant(jdbc -> queue.pause(jdbc, id));
    }

    WorkState resume(long id) {
        return asTenant(jdbc -> queue.resume(jdbc, id));
    }

    boolean ready(long id) {
        return asTenant(jdbc -> queue.ready(jdbc, id));
    }

    boolean reject(long id, WorkError error) {
        return asTenant(jdbc -> queue.reject(jdbc, id, error));
    }

    /** What tenant {@code one} asks for. */
    <T> T asTenant(Function<JdbcClient, T> request) {
        return TestDatabase.tenant().call("one", request);
    }

    /** The clocks of a lease, set back instead of waited for. */
    static void expire(Lease lease) {
        change(
                "UPDATE lease SET expires_at = clock_timestamp() - interval '1 second' WHERE work_id = ?",
                lease.workId());
    }

    static void stall(Lease lease) {
        change(
                "UPDATE lease SET stalls_at = clock_timestamp() - interval '1 second' WHERE work_id = ?",
                lease.workId());
    }

    static void passDeadline(Lease lease) {
        change("UPDATE work SET deadline_at = clock_timestamp() - interval '1 second' WHERE id = ?", lease.workId());
    }

    /** Waits {@code duration} in no time. */
    static void age(long id, Duration duration) {
        TestDatabase.administrator()
                .sql("UPDATE work SET run_at = run_at - make_interval(secs => ?) WHERE id = ?")
                .param(duration.toSeconds())
                .param(id)
                .update();
    }

    static void change(String statement, long id) {
        TestDatabase.administrator().sql(statement).param(id).update();
    }
}
