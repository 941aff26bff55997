package dev.anneal.service.training.history;

import dev.anneal.service.platform.database.SystemDatabase;
import java.util.List;
import java.util.function.LongConsumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Walks the jobs that ended some time ago, in the order of their ids. */
@Component
public final class EndedJobs {

    private static final int PAGE = 100;

    private static final String ENDED = """
            SELECT job.id
            FROM job
            JOIN work ON work.id = job.work_id
            WHERE work.kind = 'TRAIN'
              AND work.finished_at < clock_timestamp() - make_interval(days => :days)
              AND %s
              AND job.id > :after
            ORDER BY job.id
            LIMIT :limit
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase database;

    EndedJobs(JdbcClient jdbc, SystemDatabase database) {
        this.jdbc = jdbc;
        this.database = database;
    }

    /**
     * Calls {@code work}, outside of a transaction, with the id of each job that ended more than {@code days} ago,
     * until the thread is interrupted.
     *
     * @param condition SQL on {@code job}: what is still to be done
     */
    public void forEach(int days, String condition, LongConsumer work) {
        List<Long> jobs = page(days, condition, 0);
        while (!jobs.isEmpty() && !Thread.currentThread().isInterrupted()) {
            jobs.forEach(work::accept);
            jobs = page(days, condition, jobs.get(jobs.size() - 1));
        }
    }

    private List<Long> page(int days, String condition, long after) {
        return database.call(() -> jdbc.sql(ENDED.formatted(condition))
                .param("days", days)
                .param("after", after)
                .param("limit", PAGE)
                .query(Long.class)
                .list());
    }
}
