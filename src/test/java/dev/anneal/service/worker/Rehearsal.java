package dev.anneal.service.worker;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.FakeTasks;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.worker.assignment.Assignment;
import dev.anneal.service.worker.assignment.Assignments;
import dev.anneal.service.worker.assignment.AttemptInputs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Assignments for fake engines: what is published goes into one table, {@code rehearsal}, in the very transactions in
 * which jobs' rows would be written.
 */
final class Rehearsal implements Assignments {

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final Path artifacts;
    private final int steps;
    private final Trouble trouble;

    Rehearsal(JdbcClient jdbc, SystemDatabase system, Path artifacts, int steps) {
        this(jdbc, system, artifacts, steps, moment -> {});
    }

    /** What an assignment is asked for. */
    enum Moment {
        PREPARE,
        STORE,
        WRITTEN,
        STORE_RESULT
    }

    /** Called at each moment; what it throws, the assignment does. */
    @FunctionalInterface
    interface Trouble {
        void at(Moment moment);

        /** Likewise, when an attempt, or a member's part of it, is prepared. */
        default void prepared(Claim claim) {}

        /** Likewise, at a moment of transfers. */
        default void at(Moment moment, Runnable betweenParts) {
            at(moment);
        }
    }

    Rehearsal(JdbcClient jdbc, SystemDatabase system, Path artifacts, int steps, Trouble trouble) {
        this.jdbc = jdbc;
        this.trouble = trouble;
        this.system = system;
        this.artifacts = artifacts;
        this.steps = steps;
    }

    static void createTable() {
        TestDatabase.administrator().sql("""
                CREATE TABLE IF NOT EXISTS rehearsal (
                    number bigint GENERATED ALWAYS AS IDENTITY,
                    work_id bigint NOT NULL, token bigint NOT NULL, event text NOT NULL, step integer, directory text);
                GRANT SELECT, INSERT ON rehearsal TO anneal_system;
                """).update();
    }

    static void dropTable() {
        TestDatabase.administrator().sql("DROP TABLE rehearsal").update();
    }

    /** What was published of the work: event and step, in order. */
    static List<Row> rows(long workId) {
        return TestDatabase.administrator()
                .sql("SELECT token, event, step, directory FROM rehearsal WHERE work_id = ? ORDER BY number")
                .param(workId)
                .query((row, number) -> new Row(
                        row.getLong("token"),
                        row.getString("event"),
                        row.getInt("step"),
                        Optional.ofNullable(row.getString("directory")).map(Path::of)))
                .list();
    }

    @Override
    public Set<String> methods(Slot slot) {
        return slot == Slot.TRAINING ? Set.of("supervised") : Set.of();
    }

    @Override
    public Assignment prepare(Claim claim, String device, AttemptInputs inputs) {
        trouble.at(Moment.PREPARE);
        trouble.prepared(claim);
        return new Scene(claim, resumeFrom(claim.lease().workId()).orElse(null));
    }

    @Override
    public void explainWaits() {}

    @Override
    public void refused(Claim claim, WorkError error) {
        row(claim, "refused " + error.code(), 0, null);
    }

    @Override
    public void givenBack(Claim claim) {
        row(claim, "given back", 0, null);
    }

    private Optional<Path> resumeFrom(long workId) {
        return system.call(() -> jdbc.sql("""
                        SELECT directory FROM rehearsal
                        WHERE work_id = ? AND event = 'checkpoint' ORDER BY step DESC LIMIT 1
                        """).param(workId).query(String.class).optional())
                .map(Path::of);
    }

    /** One published event. */
    record Row(long token, String event, int step, Optional<Path> directory) {}

    /** One attempt. */
    private final class Scene implements Assignment {

        private final Claim claim;
        private final Task task;

        private Scene(Claim claim, @Nullable Path resumeFrom) {
            this.claim = claim;
            Path attempt = artifacts.resolve(
                    claim.lease().workId() + "/attempt-" + claim.lease().token());
            this.task = FakeTasks.training(steps, attempt, resumeFrom);
        }

        @Override
        public Task task() {
            return task;
        }

        @Override
        public Label label() {
            return new Label("rehearsal-" + claim.lease().workId(), "anneal-tiny", claim.method(), true);
        }

        @Override
        public void store(List<Progress> events, Runnable betweenParts) {
            trouble.at(Moment.STORE, betweenParts);
        }

        @Override
        public void write(List<Progress> events) {
            for (Progress event : events) {
                if (event instanceof Progress.Step step) {
                    row("step", step.step(), null);
                } else if (event instanceof Progress.CheckpointSaved saved) {
                    row("checkpoint", saved.step(), saved.directory());
                } else if (event instanceof Progress.PartsKept kept) {
                    row("kept", kept.kept(), null);
                }
            }
        }

        @Override
        public void written() {
            trouble.at(Moment.WRITTEN);
        }

        @Override
        public void storeResult(Runnable betweenParts) {
            trouble.at(Moment.STORE_RESULT, betweenParts);
        }

        @Override
        public void complete() {
            row("completed", steps, null);
        }

        @Override
        public void failed(WorkError error) {
            row("failed " + error.code(), 0, null);
        }

        @Override
        public void givenBack() {
            row("given back", 0, null);
        }

        private void row(String event, int step, @Nullable String directory) {
            Rehearsal.this.row(claim, event, step, directory);
        }
    }

    private void row(Claim claim, String event, int step, @Nullable String directory) {
        jdbc.sql("""
                        INSERT INTO rehearsal (work_id, token, event, step, directory)
                        VALUES (:work, :token, :event, :step, :directory)
                        """)
                .param("work", claim.lease().workId())
                .param("token", claim.lease().token())
                .param("event", event)
                .param("step", step)
                .param("directory", directory)
                .update();
    }
}
