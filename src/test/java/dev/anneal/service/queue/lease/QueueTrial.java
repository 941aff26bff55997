package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.LostReplies.Loss;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Commands that act on an empty queue and on its model, which are compared after each. */
final class QueueTrial {

    private static final LeaseProperties PROPERTIES = TestQueue.properties(2, 1, 1, Duration.ZERO);

    private static final String ROWS = """
            SELECT work.id,
                   format(:row, state, wish, lease_token, user_retries, platform_retries, waits, waits_for ->> 'code', error ->> 'origin',
                          (SELECT count(*) FROM lease WHERE work_id = work.id),
                          (SELECT string_agg(
                                      format(:attempt, worker, outcome,
                                             coalesce(lease.step, attempt.step), coalesce(lease.saved_step, attempt.saved_step)),
                                      ', ' ORDER BY attempt.lease_token)
                           FROM attempt
                           LEFT JOIN lease ON lease.work_id = attempt.work_id AND attempt.outcome IS NULL
                           WHERE attempt.work_id = work.id)) AS content
            FROM work
            """;

    private final QueueModel model = new QueueModel(PROPERTIES);
    private final TestQueue queue;
    private final List<Long> ids = new ArrayList<>();
    private final Map<Long, List<Lease>> leases = new HashMap<>();
    private final Deque<Loss> losses = new ArrayDeque<>();
    private long batches;

    /**
     * @param fence condition on the row of work that an ending may change
     */
    QueueTrial(String fence) {
        this.queue = new TestQueue(
                PROPERTIES, TestDatabase.systemLosing(() -> losses.isEmpty() ? Loss.NOTHING : losses.remove()), fence);
    }

    /** The worker's writes, which belong to the transaction of its call. */
    static final class Writes implements Runnable {
        private boolean run;

        @Override
        public void run() {
            run = true;
        }

        boolean haveRun() {
            return run;
        }
    }

    /** A worker's call. */
    @FunctionalInterface
    interface Call<T> {
        T of(Leases leases, Lease lease, Writes writes);
    }

    void run(List<QueueCommand> commands) {
        TestDatabase.administrator().sql("DELETE FROM lease; DELETE FROM work").update();
        for (QueueCommand command : commands) {
            command.action().accept(this);
            losses.clear();
            assertThat(rows()).as("after %s", command).isEqualTo(model.rows());
            assertThat(model.isSound()).as("soundness after %s", command).isTrue();
        }
    }

    private static Map<Long, String> rows() {
        Map<Long, String> rows = new TreeMap<>();
        TestDatabase.administrator()
                .sql(ROWS)
                .param("row", WorkModel.ROW)
                .param("attempt", WorkModel.ATTEMPT)
                .query(row -> {
                    rows.put(row.getLong("id"), row.getString("content"));
                });
        return rows;
    }

    long finished() {
        return ids.stream().filter(id -> model.work(id).state().isFinal()).count();
    }

    void enqueue(NewWork work, boolean validating) {
        long id = TestDatabase.tenant()
                .call(
                        work.tenantId(),
                        () -> validating ? queue.queue.enqueueValidating(work) : queue.queue.enqueue(work));
        model.enqueue(id, work, validating);
        ids.add(id);
    }

    /** What a client asks of its work. */
    <T> void ask(int back, Function<WorkModel, T> expected, BiFunction<WorkQueue, Long, T> request) {
        back(ids, back).ifPresent(id -> {
            WorkModel work = model.work(id);
            T answer = TestDatabase.tenant().call(work.tenant(), () -> request.apply(queue.queue, id));
            assertThat(answer).isEqualTo(expected.apply(work));
        });
    }

    static BiFunction<WorkQueue, Long, Optional<WorkState>> unlessRefused(
            BiFunction<WorkQueue, Long, WorkState> request) {
        return (queue, id) -> {
            try {
                return Optional.of(request.apply(queue, id));
            } catch (Refusal refusal) {
                return Optional.empty();
            }
        };
    }

    void claim(String worker, Slot slot, Loss loss) {
        losses.add(Loss.NOTHING); // The first commit is that of a query.
        insist(loss, () -> model.claim(worker, slot), () -> {
            Optional<Lease> lease = queue.leases
                    .claim(Claimants.of(worker, slot, TestQueue.METHODS, Set.of()))
                    .map(Claim::lease);
            lease.ifPresent(this::hold);
            return lease.map(Lease::workId);
        });
    }

    private void hold(Lease lease) {
        model.work(lease).hold(lease);
        leases.computeIfAbsent(lease.workId(), id -> new ArrayList<>()).add(lease);
    }

    /** With every lease that was ever given. */
    void heartbeat() {
        List<Lease> all = leases.values().stream().flatMap(List::stream).toList();
        assertThat(queue.leases.heartbeat(all)).isEqualTo(model.heartbeat(all));
    }

    /** What a worker does under a lease, which it may have lost. */
    <T> void work(QueueCommand.Held held, Loss loss, BiFunction<WorkModel, Lease, T> expected, Call<T> call) {
        lease(held)
                .ifPresent(lease -> insist(
                        loss,
                        () -> expected.apply(model.work(lease), lease),
                        () -> call.of(queue.leases, lease, new Writes())));
    }

    /** Writes exactly if it has its effect now. */
    static Call<Ending> ending(Call<Ending> call) {
        return (leases, lease, writes) -> {
            Ending ending = call.of(leases, lease, writes);
            assertThat(writes.haveRun()).isEqualTo(ending.result() == Ending.Result.APPLIED);
            return ending;
        };
    }

    long nextBatch() {
        return ++batches;
    }

    void expire(int back) {
        back(ids, back).ifPresent(id -> {
            TestQueue.expire(id);
            model.work(id).expire();
        });
    }

    void rescue() {
        Map<Long, WorkState> rescued = new HashMap<>();
        queue.rescuer
                .runOnce(TestQueue.ANY_TIME)
                .forEach(rescue -> rescued.put(rescue.lease().workId(), rescue.state()));
        assertThat(rescued).isEqualTo(model.rescue());
    }

    /** A call that got no answer had its effect exactly if only the reply was lost, and is repeated. */
    private <T> void insist(Loss loss, Supplier<T> expected, Supplier<T> call) {
        losses.add(loss);
        T answer = expected.get();
        if (loss == Loss.REPLY) {
            answer = expected.get();
        }
        assertThat(loss == Loss.NOTHING ? call.get() : untilAnswered(call)).isEqualTo(answer);
    }

    private static <T> T untilAnswered(Supplier<T> call) {
        try {
            return call.get();
        } catch (DataAccessException | TransactionException lost) {
            return call.get();
        }
    }

    private Optional<Lease> lease(QueueCommand.Held held) {
        return back(ids, held.work()).flatMap(id -> back(leases.getOrDefault(id, List.of()), held.lease()));
    }

    private static <T> Optional<T> back(List<T> all, int back) {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1 - back % all.size()));
    }
}
