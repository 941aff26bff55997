package dev.anneal.service.training.history;

import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.training.settings.JobRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How long the completions were that past reinforcement jobs sampled, which estimates of new ones rest on. */
@Component
public final class CompletionLengths {

    /** Jobs without a sampled step have no mean and do not count. */
    private static final String MEAN = """
            WITH past AS (
                SELECT recent.training_file = :file AS is_of_file, sampled.mean_length
                FROM (
                    SELECT id, work_id, model, training_file
                    FROM job
                    ORDER BY external_id DESC
                    LIMIT 200
                ) AS recent
                JOIN work ON work.id = recent.work_id
                CROSS JOIN LATERAL (
                    SELECT avg((metrics ->> 'completions/mean_length')::double precision) AS mean_length
                    FROM job_step
                    WHERE job_id = recent.id AND step <= 200
                ) AS sampled
                WHERE recent.model = :model AND work.method = 'reinforcement' AND sampled.mean_length IS NOT NULL
            )
            SELECT avg(mean_length)
            FROM past
            WHERE is_of_file = (SELECT bool_or(is_of_file) FROM past)
            """;

    private final JdbcClient jdbc;
    private final TenantDatabase tenants;

    CompletionLengths(JdbcClient jdbc, TenantDatabase tenants) {
        this.jdbc = jdbc;
        this.tenants = tenants;
    }

    /** As {@link #mean(JobRequest)}, in a transaction of its own. */
    public @Nullable Double mean(String tenantId, JobRequest request) {
        return tenants.call(tenantId, () -> Optional.ofNullable(mean(request))).orElse(null);
    }

    /**
     * Mean tokens of the completions of the tenant's jobs on this model: of those on the same training file, if there
     * are any. Requires a transaction of the tenant.
     *
     * @return null if there are no such jobs, or the request samples no completions
     */
    public @Nullable Double mean(JobRequest request) {
        if (request.method().maxCompletionTokens() == 0) {
            return null;
        }
        return jdbc.sql(MEAN)
                .param("model", request.model())
                .param("file", request.trainingFile())
                .query(Double.class)
                .optional()
                .orElse(null);
    }
}
