package dev.anneal.service.results.evaluation;

import dev.anneal.service.files.FileUsage;
import dev.anneal.service.training.history.CheckpointUsage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of this room. */
@Configuration(proxyBeanMethods = false)
class EvaluationConfiguration {

    /** Files of evaluations that have not ended are kept. */
    private static final String UNFINISHED_USER_OF_FILE = """
            SELECT evaluation.external_id
            FROM evaluation
            JOIN work ON work.id = evaluation.work_id
            WHERE evaluation.test_file = :file AND work.finished_at IS NULL AND evaluation.tenant_id = :tenant
            LIMIT 1
            """;

    private static final String USED_CHECKPOINTS =
            "SELECT checkpoint_id FROM evaluation WHERE checkpoint_id = ANY (:ids)";

    @Bean
    CheckpointUsage evaluatedCheckpoints() {
        return new CheckpointUsage(USED_CHECKPOINTS, null);
    }

    @Bean
    FileUsage evaluationFileUsage() {
        return new FileUsage(UNFINISHED_USER_OF_FILE);
    }
}
