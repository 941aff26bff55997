package dev.anneal.service.queue;

import dev.anneal.service.access.quota.TrainingUsage;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Training usage of tenants, from work items and attempts. */
@Component
final class TrainingWork implements TrainingUsage {

    private static final String JOBS = """
            SELECT count(*) FILTER (WHERE state = 'RUNNING') AS running, count(*) AS unfinished
            FROM work
            WHERE kind = 'TRAIN' AND finished_at IS NULL AND tenant_id = :tenant
            """;

    private static final String HOURS = """
            SELECT coalesce(sum(work.devices * extract(EPOCH FROM
                       coalesce(attempt.ended_at, clock_timestamp()) - greatest(attempt.started_at, month.start)
                   )), 0) / 3600
            FROM (SELECT date_trunc('month', clock_timestamp(), 'UTC') AS start) AS month
            JOIN attempt ON attempt.ended_at IS NULL OR attempt.ended_at > month.start
            JOIN work ON work.id = attempt.work_id AND work.kind = 'TRAIN'
            WHERE attempt.tenant_id = :tenant
            """;

    private final JdbcClient jdbc;

    TrainingWork(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Jobs jobs(String tenantId) {
        return jdbc.sql(JOBS).param("tenant", tenantId).query(Jobs.class).single();
    }

    @Override
    public double hoursThisMonth(String tenantId) {
        return jdbc.sql(HOURS).param("tenant", tenantId).query(Double.class).single();
    }
}
