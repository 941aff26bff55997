package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Sends random commands to the queue and to its model, and compares the two after each. */
final class QueueCommands {

    private static final WorkError CRASH = WorkError.ofSystem("engine_crashed", "crashed");
    private static final WorkError BAD_DATA = WorkError.ofUser("non_finite_loss", "NaN", null);

    private final Random random;
    private final TestQueue queue;
    private final QueueModel model = new QueueModel(TestQueue.PROPERTIES);
    /** Every lease that was ever given: most are stale. */
    private final List<Lease> leases = new ArrayList<>();

    private final List<Long> ids = new ArrayList<>();
    private long batches;
    private final List<Runnable> commands = List.of(
            this::enqueue,
            this::enqueue,
            this::decideValidation,
            this::claim,
            this::claim,
            this::claim,
            this::heartbeat,
            this::progress,
            this::succeed,
            this::fail,
            this::giveBack,
            this::expire,
            this::rescue,
            this::reclaim,
            this::cancel,
            this::pause,
            this::resume);

    QueueCommands(long seed, TestQueue queue) {
        this.random = new Random(seed);
        this.queue = queue;
    }

    void run(int count) {
        // Every command finds a lease to work with.
        while (leases.isEmpty()) {
            enqueue();
            claim();
        }
        for (int command = 0; command < count; command++) {
            one(commands).run();
            compare(command);
        }
    }

    long finished() {
        return model.items().values().stream()
                .filter(item -> item.state.isFinal())
                .count();
    }

    private void enqueue() {
        String tenant = "tenant-" + random.nextInt(3);
        boolean validating = random.nextInt(4) == 0;
        NewWork work = TestQueue.training(tenant, random.nextInt(10));
        long id = TestDatabase.tenant()
                .call(tenant, () -> validating ? queue.queue.enqueueValidating(work) : queue.queue.enqueue(work));
        model.enqueue(id, tenant, validating ? WorkState.VALIDATING : WorkState.QUEUED);
        ids.add(id);
    }

    private void decideValidation() {
        long id = one(ids);
        boolean valid = random.nextBoolean();
        boolean changed =
                TestDatabase.system().call(() -> valid ? queue.queue.ready(id) : queue.queue.reject(id, BAD_DATA));
        assertThat(changed).isEqualTo(model.decideValidation(id, valid ? WorkState.QUEUED : WorkState.FAILED));
    }

    private void claim() {
        Set<String> inTurn = model.tenantsInTurn();
        // Each by a worker of its own: what one worker loses at once is counted differently.
        Optional<Claim> claim = queue.claim("worker-" + leases.size());
        assertThat(claim.isPresent()).isEqualTo(!inTurn.isEmpty());
        claim.ifPresent(claimed -> {
            assertThat(inTurn).contains(claimed.tenantId());
            model.claim(claimed.lease());
            leases.add(claimed.lease());
        });
    }

    private void heartbeat() {
        Map<Lease, Optional<Wish>> expected = new HashMap<>();
        leases.stream()
                .filter(model::isTrusted)
                .forEach(lease -> expected.put(
                        lease,
                        Optional.ofNullable(Objects.requireNonNull(model.items().get(lease.workId())).wish)));
        assertThat(queue.leases.heartbeat(leases)).isEqualTo(expected);
    }

    private void progress() {
        Lease lease = one(leases);
        boolean expected = model.holds(lease);
        assertThat(queue.leases
                        .progress(lease, ++batches, random.nextInt(100), null, TestQueue.MINUTE, Leases.nothing())
                        .isPresent())
                .isEqualTo(expected);
    }

    private void succeed() {
        Lease lease = one(leases);
        Ending expected = model.succeed(lease);
        assertThat(queue.leases.succeed(lease, Leases.nothing())).isEqualTo(expected);
    }

    private void fail() {
        Lease lease = one(leases);
        WorkError error = random.nextBoolean() ? CRASH : BAD_DATA;
        Ending expected = model.fail(lease, error.origin());
        assertThat(queue.leases.fail(lease, error, Leases.nothing())).isEqualTo(expected);
    }

    private void giveBack() {
        Lease lease = one(leases);
        Ending expected = model.giveBack(lease);
        assertThat(queue.leases.giveBack(lease, Leases.nothing())).isEqualTo(expected);
    }

    private void expire() {
        Lease lease = one(leases);
        if (model.holds(lease)) {
            TestQueue.expire(lease);
            Objects.requireNonNull(model.items().get(lease.workId())).expired = true;
        }
    }

    private void rescue() {
        Map<Lease, WorkState> rescued = new HashMap<>();
        queue.rescuer.runOnce(TestQueue.ANY_TIME).forEach(rescue -> rescued.put(rescue.lease(), rescue.state()));
        assertThat(rescued).isEqualTo(model.rescue());
    }

    private void reclaim() {
        Lease lease = one(leases);
        boolean expected = model.holds(lease);
        assertThat(queue.leases.reclaim(lease)).isEqualTo(expected);
        if (expected) {
            Objects.requireNonNull(model.items().get(lease.workId())).expired = false;
        }
    }

    private void cancel() {
        long id = one(ids);
        assertThat(request(id, work -> TestDatabase.system().call(() -> queue.queue.cancel(work))))
                .isEqualTo(model.cancel(id));
    }

    private void pause() {
        long id = one(ids);
        assertThat(request(id, work -> TestDatabase.system().call(() -> queue.queue.pause(work))))
                .isEqualTo(model.pause(id));
    }

    private void resume() {
        long id = one(ids);
        assertThat(request(id, work -> TestDatabase.system().call(() -> queue.queue.resume(work))))
                .isEqualTo(model.resume(id));
    }

    private static @Nullable WorkState request(long id, LongFunction<WorkState> request) {
        try {
            return request.apply(id);
        } catch (Refusal refusal) {
            return null;
        }
    }

    private void compare(int command) {
        List<Work> found = TestDatabase.system().call(() -> queue.queue.findAll(ids));
        assertThat(found).hasSameSizeAs(ids);
        for (Work work : found) {
            assertThat("%s token %d wish %s retries %d/%d"
                            .formatted(
                                    work.state(),
                                    work.attempts(),
                                    work.wish(),
                                    work.userRetries(),
                                    work.platformRetries()))
                    .as("work %d after command %d", work.id(), command)
                    .isEqualTo(String.valueOf(model.items().get(work.id())));
        }
        String violations =
                TestDatabase.administrator().sql("""
                        SELECT count(*)
                        FROM work
                        FULL JOIN lease ON lease.work_id = work.id
                        WHERE (work.state = 'RUNNING') IS DISTINCT FROM (lease.work_id IS NOT NULL)
                        """).query(String.class).single();
        assertThat(violations)
                .as("running work without a lease, or the reverse")
                .isEqualTo("0");
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
