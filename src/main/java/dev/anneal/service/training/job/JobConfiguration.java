package dev.anneal.service.training.job;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.protocol.Task;
import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.files.FileUsage;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import dev.anneal.service.training.machine.Machines;
import dev.anneal.service.training.settings.EngineSetup;
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

    /** Until a worker has measured its machine, assumes that workers have this process's settings and processor. */
    @Bean
    EngineSetups engineSetups(EngineProperties engine, Machines machines) {
        int threads = Task.Machine.computeThreads("cpu", engine.threads());
        return new EngineSetups(
                machines, new EngineSetup(engine.precision(), Arithmetic.processorMultipliesBf16Fast(), threads));
    }

    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore preparation(PreparationSweep sweep, JobProperties properties) {
        return new LocalChore(properties.validationInterval(), sweep::runOnce);
    }
}
