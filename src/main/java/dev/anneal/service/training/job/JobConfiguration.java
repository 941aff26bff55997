package dev.anneal.service.training.job;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.protocol.Task;
import dev.anneal.service.files.FileUsage;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.check.TokenCounts;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.secret.SealedValues;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.Samples;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.machine.Machines;
import dev.anneal.service.training.settings.EngineSetup;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

    /** Files of jobs that have not ended are kept. */
    private static final String UNFINISHED_USER_OF_FILE = """
            SELECT job.external_id
            FROM job
            JOIN work ON work.id = job.work_id
            WHERE :file IN (job.training_file, job.validation_file, job.init_file) AND work.finished_at IS NULL AND job.tenant_id = :tenant
            ORDER BY job.external_id
            LIMIT 1
            """;

    @Bean
    JobStore jobStore(WorkQueue queue) {
        return new JobStore(queue);
    }

    @Bean
    TunedModels tunedModels(TenantDatabase database, Checkpoints checkpoints) {
        return new TunedModels(database, checkpoints);
    }

    @Bean
    FileUsage jobFileUsage() {
        return FileUsage.foundBy(UNFINISHED_USER_OF_FILE);
    }

    @Bean
    JobAdmission jobAdmission(
            TenantDatabase database,
            ModelCatalog catalog,
            Files files,
            InitialAdapters adapters,
            JudgingModels judges,
            JobProperties properties,
            SealedValues sealed) {
        return new JobAdmission(database, catalog, files, adapters, judges, properties, sealed);
    }

    @Bean
    JudgingModels judgingModels(ModelCatalog catalog, TunedModels tuned) {
        return new JudgingModels(catalog, tuned);
    }

    @Bean
    InitialAdapters initialAdapters(
            JobStore jobs,
            Checkpoints checkpoints,
            TunedModels models,
            UploadedAdapters uploads,
            ExportOrigins exports) {
        return new InitialAdapters(jobs, checkpoints, models, uploads, exports);
    }

    @Bean
    UploadedAdapters uploadedAdapters(Files files, ArtifactStore store) {
        return new UploadedAdapters(files, store);
    }

    /** Until a worker has measured its machine, as if workers were set up as this process is, on processors like this one. */
    @Bean
    EngineSetups engineSetups(EngineProperties engine, Machines machines) {
        int threads = Task.Machine.computeThreads("cpu", engine.threads());
        return new EngineSetups(
                machines, new EngineSetup(engine.precision(), Arithmetic.processorMultipliesBf16Fast(), threads));
    }

    @Bean
    JobPreparation jobPreparation(
            ModelCatalog catalog,
            Files files,
            TokenCounts counts,
            JobStore store,
            WorkQueue queue,
            Events events,
            EngineSetups engines) {
        return new JobPreparation(catalog, files, counts, store, queue, events, engines);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    PreparationSweep preparationSweep(
            SystemDatabase system, TenantDatabase database, JobStore store, JobPreparation preparation) {
        return new PreparationSweep(system, database, store, preparation);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    SchedulingConfigurer preparationSchedule(PreparationSweep sweep, JobProperties properties) {
        return tasks -> tasks.addFixedDelayTask(sweep::runOnce, properties.validationInterval());
    }

    @Bean
    Jobs jobs(
            TenantDatabase database,
            WorkQueue queue,
            JobStore store,
            Events events,
            JobAdmission admission,
            JobPreparation preparation,
            Identifiers identifiers) {
        return new Jobs(database, queue, store, events, admission, preparation, identifiers);
    }

    @Bean
    JobHistory jobHistory(
            TenantDatabase database,
            Jobs jobs,
            Events events,
            Series series,
            Samples samples,
            Checkpoints checkpoints) {
        return new JobHistory(database, jobs, events, series, samples, checkpoints);
    }
}
