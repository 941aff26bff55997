package dev.anneal.faults;

import dev.anneal.service.platform.process.RankProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An attempt on devices of two workers, while its processes run.
 *
 * @param holder worker that holds the lease
 * @param member worker that takes part
 */
record SharedTraining(JdbcClient jdbc, long work, long token, Member holder, Member member) {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int MOST_MILLIS = 3000;

    private static final String BEGUN = """
            SELECT work_id, membership.lease_token, holder.worker, member.worker
            FROM membership
            JOIN lease USING (work_id)
            JOIN worker_state AS holder ON holder.id = lease.process
            JOIN worker_state AS member ON member.id = membership.process
            WHERE meeting IS NOT NULL AND coalesce(lease.step, 0) >= ?
            ORDER BY work_id
            """;

    /** One whose processes run, up to three seconds after it was found: they may still wait for each other. */
    static SharedTraining any(Installation installation, Random random) throws InterruptedException {
        return one(installation, random, 0);
    }

    /** One whose processes have made a step together. */
    static SharedTraining inTheMiddle(Installation installation, Random random) throws InterruptedException {
        return one(installation, random, 1);
    }

    private static SharedTraining one(Installation installation, Random random, int steps) throws InterruptedException {
        SharedTraining[] found = new SharedTraining[1];
        Patience.until("a training runs on several workers", PATIENCE, () -> {
            found[0] = begun(installation, steps).orElse(null);
            return found[0] != null;
        });
        Thread.sleep(random.nextInt(MOST_MILLIS));
        return found[0].isEnded() ? one(installation, random, steps) : found[0];
    }

    private static Optional<SharedTraining> begun(Installation installation, int steps) {
        JdbcClient jdbc = installation.observer();
        return jdbc
                .sql(BEGUN)
                .param(steps)
                .query((row, number) -> new SharedTraining(
                        jdbc,
                        row.getLong(1),
                        row.getLong(2),
                        installation.worker(row.getString(3)),
                        installation.worker(row.getString(4))))
                .list()
                .stream()
                .filter(training -> training.runs(training.holder, true) && training.runs(training.member, false))
                .findFirst();
    }

    private boolean runs(Member worker, boolean first) {
        return ranks(worker).stream()
                .anyMatch(process ->
                        RankProcess.rankOf(process).map(rank -> rank == 0).equals(Optional.of(first)));
    }

    private static List<ProcessHandle> ranks(Member worker) {
        return worker.process()
                .engines()
                .filter(process -> RankProcess.rankOf(process).isPresent())
                .toList();
    }

    /** Sends a signal to the engine processes of the member, and returns them. */
    List<ProcessHandle> signalRanks(String name) throws IOException, InterruptedException {
        List<ProcessHandle> processes = ranks(member);
        for (ProcessHandle process : processes) {
            Signals.send(name, process);
        }
        return processes;
    }

    /** Outcome of the attempt with the code of its error; empty while it runs. */
    Optional<String> outcome() {
        return jdbc.sql("""
                        SELECT concat_ws(' ', outcome, error ->> 'code') FROM attempt
                        WHERE work_id = ? AND lease_token = ? AND ended_at IS NOT NULL
                        """).params(work, token).query(String.class).optional();
    }

    boolean isEnded() {
        return outcome().isPresent();
    }

    /** Newest published step of the job. */
    int step() {
        return jdbc.sql("""
                        SELECT coalesce(max(step), 0) FROM job_step JOIN job ON job.id = job_step.job_id
                        WHERE job.work_id = ?
                        """).param(work).query(Integer.class).single();
    }
}
