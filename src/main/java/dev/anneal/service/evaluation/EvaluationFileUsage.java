package dev.anneal.service.evaluation;

import dev.anneal.service.file.FileUsage;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Files of evaluations that have not ended are kept. */
final class EvaluationFileUsage implements FileUsage {

    private static final String UNFINISHED = """
            SELECT evaluation.external_id
            FROM evaluation
            JOIN work ON work.id = evaluation.work_id
            WHERE evaluation.test_file = :file AND work.finished_at IS NULL AND evaluation.tenant_id = :tenant
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
