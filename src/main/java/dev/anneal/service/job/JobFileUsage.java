package dev.anneal.service.job;

import dev.anneal.service.file.FileUsage;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Files of jobs that have not ended are kept. */
final class JobFileUsage implements FileUsage {

    private static final String UNFINISHED = """
            SELECT job.external_id
            FROM job
            JOIN work ON work.id = job.work_id
            WHERE :file IN (job.training_file, job.validation_file) AND work.finished_at IS NULL AND job.tenant_id = :tenant
            ORDER BY job.external_id
            LIMIT 1
            """;

    @Override
    public Optional<String> unfinishedUser(JdbcClient transaction, String tenantId, long fileKey, String fileId) {
        return transaction
                .sql(UNFINISHED)
                .param("file", fileId)
                .param("tenant", tenantId)
                .query(String.class)
                .optional();
    }
}
