package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Trainings that need more devices than a worker has: claimed with devices of several workers of a group, or not. */
@PostgresTest
class GroupClaimIT {

    private final TestQueue queue = new TestQueue();
    private final Memberships memberships = TestQueue.memberships();
    private final WorkerStates states = TestWorkQueues.states();
    private final Map<WorkerProcess, Integer> workers = new ConcurrentHashMap<>();

    @AfterEach
    void leave() {
        workers.keySet().forEach(worker -> states.leave(worker.id()));
    }

    private WorkerProcess worker(String name, String group, int devices) {
        return worker(name, group, devices, "cpu", Set.of());
    }

    private WorkerProcess worker(String name, String group, int devices, String device, Set<String> lacking) {
        WorkerProcess worker = new WorkerProcess(UUID.randomUUID(), name, group);
        workers.put(worker, devices);
        states.report(worker, new EngineSetup(device, "fp32", false, 1), devices, true, null, lacking);
        return worker;
    }

    private long training(String tenant, int devices, boolean ofOneWorker) {
        return queue.enqueue(new NewWork(
                tenant, WorkKind.TRAIN, "supervised", NewWork.DEFAULT_PRIORITY, null, List.of(), devices, ofOneWorker));
    }

    private long training(int devices) {
        return training("one", devices, false);
    }

    private Optional<Claim> claim(WorkerProcess worker, int free) {
        return queue.leases.claim(new Claimant(
                worker, Slot.TRAINING, TestQueue.METHODS, Set.of(), workers.getOrDefault(worker, 0), free, Set.of()));
    }

    @Test
    void aTrainingTakesDevicesOfWorkersOfItsGroup() {
        WorkerProcess first = worker("first", "a", 2);
        WorkerProcess second = worker("second", "a", 2);
        WorkerProcess stranger = worker("stranger", "b", 4);
        long work = training("one", 3, false);
        long local = training("one", 2, false);

        assertThat(claim(stranger, 4).orElseThrow().part())
                .as("one worker has enough")
                .isEqualTo(new Claim.Part(0, 3, 3));
        queue.leases.giveBack(new Lease(work, 1, nonce(work)), Leases.nothing());

        Claim claim = claim(first, 2).orElseThrow();
        assertThat(claim.lease().workId()).isEqualTo(work);
        assertThat(claim.part()).isEqualTo(new Claim.Part(0, 2, 3));
        assertThat(memberships.join(stranger.id(), 4, Set.of())).isEmpty();
        Claim joined = memberships.join(second.id(), 2, Set.of()).orElseThrow();
        assertThat(joined.lease()).isEqualTo(claim.lease());
        assertThat(joined.part()).isEqualTo(new Claim.Part(2, 1, 3));
        assertThat(memberships.join(second.id(), 1, Set.of(work))).as("once").isEmpty();
        assertThat(memberships.join(second.id(), 1, Set.of()))
                .as("a call without an answer is repeated")
                .contains(joined);
        assertThat(claim(second, 1)).as("the other needs two devices").isEmpty();
        queue.leases.succeed(claim.lease(), Leases.nothing());
        assertThat(claim(second, 2).orElseThrow().lease().workId()).isEqualTo(local);
    }

    private UUID nonce(long work) {
        return TestDatabase.administrator()
                .sql("SELECT lease_nonce FROM work WHERE id = ?")
                .param(work)
                .query(UUID.class)
                .single();
    }

    @Test
    void workersOfTwoVersionsDoNotTrainTogether() {
        WorkerProcess old = worker("old", "a", 1);
        WorkerProcess first = worker("first", "a", 1);
        TestDatabase.administrator()
                .sql("UPDATE worker_state SET version = '0.0.1' WHERE id = ?")
                .param(old.id())
                .update();
        long work = training(2);
        assertThat(claim(first, 1)).isEmpty();
        assertThat(claim(old, 1)).isEmpty();

        worker("second", "a", 1);
        assertThat(claim(first, 1).orElseThrow().lease().workId()).isEqualTo(work);
        assertThat(memberships.join(old.id(), 1, Set.of())).isEmpty();
    }

    @Test
    void allDevicesAreTakenOrNone() {
        WorkerProcess first = worker("first", "a", 1);
        WorkerProcess second = worker("second", "a", 2);
        long small = training(1);
        assertThat(claim(second, 2).orElseThrow().lease().workId()).isEqualTo(small);
        long big = training(3);

        assertThat(claim(first, 1))
                .as("one device of the second worker is in use")
                .isEmpty();
        assertThat(claim(second, 1)).isEmpty();

        queue.leases.succeed(new Lease(small, 1, nonce(small)), Leases.nothing());
        assertThat(claim(first, 1).orElseThrow().lease().workId()).isEqualTo(big);
        assertThat(memberships.join(second.id(), 2, Set.of()).orElseThrow().part())
                .isEqualTo(new Claim.Part(1, 2, 3));
    }

    @Test
    void aWorkerThatHasMissedAReportIsTheLastChoice() {
        WorkerProcess first = worker("first", "a", 1);
        WorkerProcess silent = worker("silent", "a", 3);
        WorkerProcess second = worker("second", "a", 1);
        TestDatabase.administrator()
                .sql("UPDATE worker_state SET seen_at = clock_timestamp() - interval '10 seconds' WHERE id = ?")
                .param(silent.id())
                .update();
        training(4);
        Claim claim = claim(first, 1).orElseThrow();
        assertThat(claim.part()).isEqualTo(new Claim.Part(0, 1, 4));
        assertThat(memberships.join(second.id(), 1, Set.of()).orElseThrow().part())
                .isEqualTo(new Claim.Part(1, 1, 4));
        assertThat(memberships.join(silent.id(), 3, Set.of()).orElseThrow().part())
                .isEqualTo(new Claim.Part(2, 2, 4));
    }

    @Test
    void reservedDevicesAreNotClaimedByTheirWorker() {
        WorkerProcess first = worker("first", "a", 1);
        WorkerProcess second = worker("second", "a", 1);
        training(2);
        assertThat(claim(first, 1)).isPresent();
        training(1);

        assertThat(claim(second, 1))
                .as("its device belongs to the training of both")
                .isEmpty();
        assertThat(memberships.join(second.id(), 1, Set.of())).isPresent();
    }

    @Test
    void whatMustBeOnOneWorkerStaysThere() {
        WorkerProcess first = worker("first", "a", 1);
        worker("second", "a", 1);
        long work = training("one", 2, true);

        assertThat(claim(first, 1)).isEmpty();
        assertThat(queue.find(work).waiting())
                .satisfies(waiting -> assertThat(waiting.message()).contains("2 devices of one worker"));
    }

    @Test
    void workersWithAFaultAnotherDeviceOrWithoutAModelTakeNoPart() {
        WorkerProcess first = worker("first", "a", 1);
        WorkerProcess faulty = worker("faulty", "a", 1);
        states.report(
                faulty,
                new EngineSetup("cpu", "fp32", false, 1),
                1,
                true,
                WorkError.ofEnvironment("disk_full", "The disk is full."),
                Set.of());
        worker("gpu", "a", 1, "cuda:0", Set.of());
        worker("poor", "a", 1, "cpu", Set.of("some-model"));
        long work = training(2);

        assertThat(claim(first, 1)).isEmpty();

        WorkerProcess whole = worker("whole", "a", 1);
        assertThat(claim(first, 1).orElseThrow().lease().workId()).isEqualTo(work);
        assertThat(memberships.join(whole.id(), 1, Set.of())).isPresent();
    }

    @Test
    void membersMeetTheHolderOfTheNewestLeaseOnly() {
        WorkerProcess first = worker("first", "a", 1);
        WorkerProcess second = worker("second", "a", 1);
        training(2);
        Claim claim = claim(first, 1).orElseThrow();
        Claim stale = memberships.join(second.id(), 1, Set.of()).orElseThrow();
        memberships.ready(stale);
        assertThat(memberships.members(claim.lease()))
                .containsExactly(new Memberships.Member("second", true, true, null));
        memberships.meet(claim.lease(), "tcp://10.0.0.1:4000");
        assertThat(memberships.find(stale)).contains(new Memberships.Joined(Optional.of("tcp://10.0.0.1:4000")));

        queue.leases.giveBack(claim.lease(), Leases.nothing());
        assertThat(memberships.find(stale)).as("the attempt has ended").isEmpty();
        Claim next = claim(second, 1).orElseThrow();
        assertThat(memberships.find(stale)).isEmpty();
        memberships.failed(stale, WorkError.ofSystem("engine_killed", "It was killed."));
        memberships.meet(claim.lease(), "tcp://10.0.0.1:4001");

        assertThat(memberships.members(next.lease()))
                .containsExactly(new Memberships.Member("first", false, false, null));
        assertThat(memberships.find(memberships.join(first.id(), 1, Set.of()).orElseThrow()))
                .contains(new Memberships.Joined(Optional.empty()));
    }

    /** Four workers with two devices each claim and join until all trainings of 1 to 8 devices are done. */
    @Test
    @Timeout(120)
    void concurrentClaimsNeverUseADeviceTwice() throws Exception {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            all.add(training("tenant-" + i % 3, 1 + i * 5 % 8, false));
        }
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            loops.add(new Loop(worker("worker-" + i, "a", 2)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(loops.size());
        try {
            List<Long> done = new ArrayList<>();
            for (Future<List<Long>> each : threads.invokeAll(loops)) {
                done.addAll(each.get());
            }
            assertThat(done).containsExactlyInAnyOrderElementsOf(all);
        } finally {
            threads.shutdown();
        }
    }

    /** A worker: claims what it can, joins what it must, and ends what it holds once all members have joined. */
    private final class Loop implements Callable<List<Long>> {
        private final WorkerProcess worker;
        private final List<Claim> held = new ArrayList<>();
        private final List<Claim> joined = new ArrayList<>();
        private final List<Long> done = new ArrayList<>();

        Loop(WorkerProcess worker) {
            this.worker = worker;
        }

        @Override
        public List<Long> call() {
            while (left() > 0) {
                states.report(worker, new EngineSetup("cpu", "fp32", false, 1), 2, true, null, Set.of());
                memberships.join(worker.id(), free(), joinedIds()).ifPresent(joined::add);
                if (free() > 0) {
                    queue.leases
                            .claim(new Claimant(
                                    worker, Slot.TRAINING, TestQueue.METHODS, Set.of(), 2, free(), joinedIds()))
                            .ifPresent(held::add);
                }
                assertThat(mostUsed()).as("devices in use of a worker with two").isLessThanOrEqualTo(2);
                joined.removeIf(claim -> memberships.find(claim).isEmpty());
                held.removeIf(this::ends);
            }
            return done;
        }

        private boolean ends(Claim claim) {
            boolean complete = memberships.members(claim.lease()).stream().allMatch(Memberships.Member::joined);
            if (complete
                    && queue.leases.succeed(claim.lease(), Leases.nothing()).holds()) {
                done.add(claim.lease().workId());
            }
            return complete;
        }

        private int free() {
            return 2
                    - held.stream().mapToInt(claim -> claim.part().devices()).sum()
                    - joined.stream().mapToInt(claim -> claim.part().devices()).sum();
        }

        /** The most devices of one worker that claims and memberships have. */
        private int mostUsed() {
            return TestDatabase.administrator().sql("""
                            SELECT coalesce(max(used), 0)
                            FROM (SELECT sum(part) AS used
                                  FROM (SELECT lease.process, work.devices - coalesce((SELECT sum(membership.devices)
                                                                                       FROM membership
                                                                                       WHERE work_id = work.id), 0)
                                        FROM lease
                                        JOIN work ON work.id = lease.work_id
                                        UNION ALL
                                        SELECT process, devices FROM membership) AS parts (process, part)
                                  GROUP BY process) AS processes
                            """).query(Integer.class).single();
        }

        private Set<Long> joinedIds() {
            return joined.stream().map(claim -> claim.lease().workId()).collect(Collectors.toSet());
        }

        private long left() {
            return TestDatabase.administrator()
                    .sql("SELECT count(*) FROM work WHERE state IN ('QUEUED', 'RUNNING')")
                    .query(Long.class)
                    .single();
        }
    }
}
