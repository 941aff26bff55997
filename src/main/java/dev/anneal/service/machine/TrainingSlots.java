package dev.anneal.service.machine;

import dev.anneal.service.database.SystemDatabase;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How many trainings the workers that run now can do at a time. */
public final class TrainingSlots {

    private static final String OFFER = """
            INSERT INTO worker_slots (process, worker, training, expires_at)
            VALUES (:process, :worker, :slots, clock_timestamp() + make_interval(secs => :life))
            ON CONFLICT (process) DO UPDATE SET training = excluded.training, expires_at = excluded.expires_at
            """;

    /** With the rows of processes that were killed long ago. */
    private static final String WITHDRAW = """
            DELETE FROM worker_slots
            WHERE process IN (
                SELECT process
                FROM worker_slots
                WHERE process = :process OR expires_at < clock_timestamp() - interval '1 day'
                FOR UPDATE SKIP LOCKED)
            """;

    private static final String COUNT =
            "SELECT coalesce(sum(training), 0) FROM worker_slots WHERE expires_at > clock_timestamp()";

    private final SystemDatabase system;

    TrainingSlots(SystemDatabase system) {
        this.system = system;
    }

    /**
     * The worker runs, and has these slots.
     *
     * @param process id of its process
     * @param life without another call the slots count no longer than this
     */
    public void offer(String process, String worker, int slots, Duration life) {
        system.run(jdbc -> jdbc.sql(OFFER)
                .param("process", process)
                .param("worker", worker)
                .param("slots", slots)
                .param("life", life.toNanos() / 1e9)
                .update());
    }

    /** The worker ends. */
    public void withdraw(String process) {
        system.run(jdbc -> jdbc.sql(WITHDRAW).param("process", process).update());
    }

    /** Slots of all workers that run. */
    public int count(JdbcClient jdbc) {
        return jdbc.sql(COUNT).query(Integer.class).single();
    }
}
