package dev.anneal.service.export;

import dev.anneal.service.file.FileUsage;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Files on which exports that have not ended are proved are kept. */
final class ExportFileUsage implements FileUsage {

    private static final String UNFINISHED = """
            SELECT export.external_id
            FROM job
            JOIN export ON export.job_id = job.id AND export.kind = 'merged'
            JOIN work ON work.id = export.work_id
            WHERE :file IN (job.training_file, job.validation_file)
              AND coalesce(job.validation_file, job.training_file) = :file
              AND work.finished_at IS NULL
              AND job.tenant_id = :tenant
            ORDER BY export.external_id
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
