package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.inference.grader.AttemptGrading;
import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.platform.process.FakeEngine;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.platform.trace.TestTraces;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.TestQueue;
import dev.anneal.service.worker.watch.Environment;
import dev.anneal.service.worker.watch.WorkerProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A worker or several on the queue, fake engines, and a view of what became of it. */
public final class Stage {

    static final int STEPS = 40;
    static final int ENDLESS = 1_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final WorkerTest.Parts parts;
    private String group = "";
    private final Path folder;
    private @Nullable HeartbeatWriter newestHeartbeats;
    private final List<Supervisor> supervisors = new ArrayList<>();
    private final CountDownLatch usedUp = new CountDownLatch(1);
    private String name = "test";
    private Environment environment = Environment.healthy();
    private List<String> devices = List.of("cpu");
    private int maxWork;
    private @Nullable Duration maxIdle;
    private AttemptGrading grading = (tenant, work) -> (id, question) -> {
        throw new IllegalStateException("nobody was to ask");
    };

    Stage(WorkerTest.Parts parts, Path folder) {
        this.parts = parts;
        this.folder = folder;
        Rehearsal.createTable();
    }

    void close() {
        supervisors.forEach(Supervisor::stop);
        Rehearsal.dropTable();
    }

    void cancel(long work) {
        parts.tenant().run("acme", () -> parts.queue().cancel(work));
    }

    void pause(long work) {
        parts.tenant().run("acme", () -> parts.queue().pause(work));
    }

    void resume(long work) {
        parts.tenant().run("acme", () -> parts.queue().resume(work));
    }

    /** Who answers what graders ask of the workers that are started from now on. */
    void answerGraders(AttemptGrading answers) {
        grading = answers;
    }

    /** How many trainings the workers that are started from now on can do at a time. */
    void trainingSlots(int count) {
        devices = Collections.nCopies(count, "cpu");
    }

    /** The group of the workers that are started from now on. */
    void group(String workers) {
        group = workers;
    }

    /** What the workers that are started from now on are started for: so many items, and as long as there is some. */
    void limit(int work, @Nullable Duration idle) {
        maxWork = work;
        maxIdle = idle;
    }

    /** Waits until a worker with a limit has told that it is done. */
    void awaitUsedUp() {
        await(() -> usedUp.getCount() == 0);
    }

    int rescue() {
        return parts.rescuer().runOnce(TestQueue.ANY_TIME).size();
    }

    Supervisor worker(int steps, Map<String, String> behaviour) {
        return worker(steps, behaviour, moment -> {});
    }

    /** What the workers that are started from now on stand on, and what they are called. */
    void environment(String worker, Environment stoodOn) {
        name = worker;
        environment = stoodOn;
    }

    Supervisor worker(int steps, Map<String, String> behaviour, Rehearsal.Trouble trouble) {
        WorkerProperties properties = new WorkerProperties(
                "test",
                group,
                group.isEmpty() ? "" : "127.0.0.1",
                devices,
                "cpu",
                Duration.ofMillis(100),
                Duration.ofMillis(100),
                1000,
                Duration.ofSeconds(8),
                20,
                Duration.ofSeconds(2),
                Duration.ofMinutes(1),
                maxWork,
                maxIdle,
                Duration.ofSeconds(2),
                Duration.ofSeconds(20));
        EngineWorkspace workspace = EngineWorkspace.open(engines(), Duration.ofSeconds(1));
        SlotContext equipment = new SlotContext(
                properties,
                parts.leases(),
                TestQueue.memberships(),
                new Rehearsal(parts.jdbc(), parts.system(), folder.resolve("artifacts"), steps, trouble),
                FakeTasks.launcher(folder, behaviour),
                workspace,
                new LeaseNotes(workspace, parts.rescuer()),
                environment,
                parts.states(),
                parts.meters(),
                grading,
                properties.allowance(usedUp::countDown),
                TestTraces.none(),
                Executors.newSingleThreadScheduledExecutor());
        HeartbeatWriter heartbeats = new HeartbeatWriter(parts.leases(), parts.meters(), Clock.systemUTC());
        newestHeartbeats = heartbeats;
        Supervisor supervisor = new Supervisor(
                new WorkerProcess(UUID.randomUUID(), name, group), parts.properties(), heartbeats, equipment);
        supervisors.add(supervisor);
        supervisor.start();
        return supervisor;
    }

    private Path engines() {
        return folder.resolve("engines");
    }

    /** Claims the next work as a worker of this host that has died since, whose lease is still valid. */
    void claimByADeadWorker() {
        Lease lease = parts.leases()
                .claim(Claimants.of("dead", Slot.TRAINING, Set.of("supervised"), Set.of()))
                .orElseThrow()
                .lease();
        try {
            Path workspace = Files.createDirectories(engines().resolve("dead"));
            EngineWorkspace living = EngineWorkspace.open(folder.resolve("living"), Duration.ZERO);
            new LeaseNotes(living, parts.rescuer()).hold(lease);
            try (Stream<Path> files = Files.walk(folder.resolve("living"))) {
                for (Path note :
                        files.filter(file -> file.toString().endsWith(".held")).toList()) {
                    Files.move(note, workspace.resolve(note.getFileName()));
                }
            }
            living.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the worker that was started last, since its newest heartbeat. */
    Optional<Duration> silence() {
        HeartbeatWriter newest = newestHeartbeats;
        return newest == null ? Optional.empty() : newest.silence(System.nanoTime());
    }

    long enqueue() {
        return enqueue(1);
    }

    /** A training on so many devices. */
    long enqueue(int count) {
        return parts.tenant()
                .call(
                        "acme",
                        () -> parts.queue()
                                .enqueue(new NewWork(
                                        "acme",
                                        WorkKind.TRAIN,
                                        "supervised",
                                        NewWork.DEFAULT_PRIORITY,
                                        null,
                                        List.of(),
                                        count,
                                        false)));
    }

    Work find(long work) {
        return parts.system().call(() -> parts.queue().find(work)).orElseThrow();
    }

    List<Attempt> attempts(long work) {
        return parts.system().call(() -> parts.queue().attempts(List.of(work)));
    }

    static List<Rehearsal.Row> rows(long work, String event) {
        return Rehearsal.rows(work).stream()
                .filter(row -> row.event().startsWith(event))
                .toList();
    }

    static List<Integer> steps(long work) {
        return rows(work, "step").stream().map(Rehearsal.Row::step).toList();
    }

    static Rehearsal.Row lastCheckpoint(long work) {
        return rows(work, "checkpoint").stream()
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    static @Nullable String finalState(long work) {
        return stateIn(lastCheckpoint(work));
    }

    static @Nullable String stateIn(Rehearsal.Row checkpoint) {
        return FakeEngine.stateIn(checkpoint.directory().orElseThrow());
    }

    static void expireLease(long work) {
        TestDatabase.administrator()
                .sql("UPDATE lease SET expires_at = clock_timestamp() - interval '1 second' WHERE work_id = ?")
                .param(work)
                .update();
    }

    void awaitState(long work, WorkState state) {
        await(() -> find(work).state() == state);
    }

    public static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still not so after " + PATIENCE).isLessThan(deadline);
            sleep(Duration.ofMillis(20));
        }
    }

    /**
     * The database drops every connection of the application and takes no new one; the tests' own way in stays open.
     */
    void outage(Duration duration) {
        JdbcClient administrator = TestDatabase.administrator();
        administrator.sql("ALTER ROLE anneal NOLOGIN").update();
        try {
            administrator
                    .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'anneal'")
                    .query(Boolean.class)
                    .list();
            sleep(duration);
        } finally {
            administrator.sql("ALTER ROLE anneal LOGIN").update();
        }
        await(this::isDatabaseBack);
    }

    private boolean isDatabaseBack() {
        try {
            return parts.system()
                    .call(() ->
                            parts.jdbc().sql("SELECT true").query(Boolean.class).single());
        } catch (RuntimeException e) {
            return !DatabaseOutage.explains(e);
        }
    }

    static void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
