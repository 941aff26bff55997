package dev.anneal.service.training.history;

import dev.anneal.service.platform.database.SystemDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes what jobs have reported that ended long ago: their events, samples and steps. The newest steps and those of
 * checkpoints stay, because the job and its checkpoints show them, as do validations, which are few.
 */
@Component
public final class PastHistory {

    /** Events go last, so that a job that has some is not done. */
    private static final String HAS_HISTORY = "EXISTS (SELECT FROM job_event WHERE job_id = job.id)";

    private static final List<String> DELETIONS = List.of("""
            DELETE FROM job_sample
            WHERE ctid = ANY (ARRAY (SELECT ctid FROM job_sample WHERE job_id = :job LIMIT :batch))
            """, """
            DELETE FROM job_step
            WHERE ctid = ANY (ARRAY (
                SELECT ctid
                FROM job_step
                WHERE job_id = :job
                  AND step <= (SELECT step - 20 FROM job_progress WHERE job_id = :job)
                  AND step NOT IN (SELECT step FROM checkpoint WHERE job_id = :job)
                LIMIT :batch
            ))
            """, """
            DELETE FROM job_event
            WHERE ctid = ANY (ARRAY (SELECT ctid FROM job_event WHERE job_id = :job LIMIT :batch))
            """);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final EndedJobs ended;

    PastHistory(JdbcClient jdbc, SystemDatabase database, EndedJobs ended) {
        this.jdbc = jdbc;
        this.database = database;
        this.ended = ended;
    }

    /** Deletes the histories of jobs that ended more than {@code days} ago, and returns how many rows that were. */
    public long forget(int days) {
        AtomicLong forgotten = new AtomicLong();
        ended.forEach(
                days, HAS_HISTORY, job -> DELETIONS.forEach(deletion -> forgotten.addAndGet(delete(deletion, job))));
        return forgotten.get();
    }

    private long delete(String deletion, long job) {
        return database.deleteInBatches(most ->
                jdbc.sql(deletion).param("job", job).param("batch", most).update());
    }
}
