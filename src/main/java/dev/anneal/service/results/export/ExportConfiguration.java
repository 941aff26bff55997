package dev.anneal.service.results.export;

import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.files.FileUsage;
import dev.anneal.service.training.history.CheckpointUsage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of this room. */
@Configuration(proxyBeanMethods = false)
class ExportConfiguration {

    /** Keeps the source and probe files of unfinished exports. */
    private static final String UNFINISHED_USER_OF_FILE = """
            SELECT export.external_id
            FROM job
            JOIN export ON export.job_id = job.id AND export.kind = 'merged'
            JOIN work ON work.id = export.work_id
            WHERE :file IN (job.training_file, job.validation_file)
              AND coalesce(job.validation_file, job.training_file) = :file
              AND work.finished_at IS NULL
              AND job.tenant_id = :tenant
            UNION ALL
            SELECT export.external_id
            FROM export
            JOIN work ON work.id = export.work_id
            WHERE :file IN (export.adapter_file, export.validation_file)
              AND work.finished_at IS NULL
              AND export.tenant_id = :tenant
            ORDER BY external_id
            LIMIT 1
            """;

    private static final String USED_CHECKPOINTS = "SELECT checkpoint_id FROM export WHERE checkpoint_id = ANY (:ids)";

    @Bean
    StoredBytes exportBytes() {
        return new StoredBytes("SELECT coalesce(sum(bytes), 0) FROM export_file WHERE tenant_id = :tenant");
    }

    /** Exports keep the checkpoint that they were made from; those of training states also its optimizer state. */
    @Bean
    CheckpointUsage exportedCheckpoints() {
        return new CheckpointUsage(USED_CHECKPOINTS, USED_CHECKPOINTS + " AND kind = 'training_state'");
    }

    @Bean
    FileUsage exportFileUsage() {
        return new FileUsage(UNFINISHED_USER_OF_FILE);
    }
}
