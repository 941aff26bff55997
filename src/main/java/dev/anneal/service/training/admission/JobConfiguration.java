package dev.anneal.service.training.admission;

import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.files.FileUsage;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import dev.anneal.service.queue.WorkerStates;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of jobs and their history. */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

    /** Keeps files of unfinished jobs. */
    private static final String UNFINISHED_USER_OF_FILE = """
            SELECT job.external_id
            FROM job
            JOIN work ON work.id = job.work_id
            WHERE :file IN (job.training_file, job.validation_file, job.init_file) AND work.finished_at IS NULL
              AND job.tenant_id = :tenant
            ORDER BY job.external_id
            LIMIT 1
            """;

    @Bean
    FileUsage jobFileUsage() {
        return new FileUsage(UNFINISHED_USER_OF_FILE);
    }

    @Bean
    StoredBytes checkpointBytes() {
        return new StoredBytes("SELECT coalesce(sum(bytes), 0) FROM checkpoint WHERE tenant_id = :tenant");
    }

    /** While no worker runs, assumes that workers have this process's settings and processor. */
    @Bean
    EngineSetups engineSetups(EngineProperties engine, WorkerStates workers) {
        return new EngineSetups(workers, EngineSetup.of("cpu", engine));
    }

    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore preparation(PreparationSweep sweep, JobProperties properties) {
        return new LocalChore(properties.validationInterval(), sweep::runOnce);
    }
}
