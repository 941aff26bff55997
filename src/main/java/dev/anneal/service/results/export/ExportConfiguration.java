package dev.anneal.service.results.export;

import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.files.FileUsage;
import dev.anneal.service.files.Files;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.queue.FinishedWork;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.training.history.CheckpointUsage;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.ExportOrigins;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.Jobs;
import dev.anneal.service.training.job.UploadedAdapters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class ExportConfiguration {

    /** Files on which exports that have not ended are proved, or which they are made of, are kept. */
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

    @Bean
    ExportStore exportStore(WorkQueue queue, Files files) {
        return new ExportStore(queue, files);
    }

    @Bean
    CheckpointUsage exportedCheckpoints() {
        return new ExportedCheckpoints();
    }

    @Bean
    ExportOrigins exportOrigins() {
        return new StoredOrigins();
    }

    @Bean
    StoredBytes exportBytes() {
        return StoredBytes.summedBy("SELECT coalesce(sum(bytes), 0) FROM export_file WHERE tenant_id = :tenant");
    }

    @Bean
    FileUsage exportFileUsage() {
        return FileUsage.foundBy(UNFINISHED_USER_OF_FILE);
    }

    @Bean
    Exports exports(
            TenantDatabase database,
            Jobs jobs,
            Checkpoints checkpoints,
            ExportStore store,
            WorkQueue queue,
            Events events,
            Identifiers identifiers) {
        return new Exports(database, jobs, checkpoints, store, queue, events, identifiers);
    }

    @Bean
    AdapterExports adapterExports(
            TenantDatabase database,
            ModelCatalog models,
            UploadedAdapters adapters,
            Files files,
            ExportStore store,
            WorkQueue queue,
            Identifiers identifiers) {
        return new AdapterExports(database, models, adapters, files, store, queue, identifiers);
    }

    @Bean
    ExportRemoval exportRemoval(FinishedWork finished) {
        return new ExportRemoval(finished);
    }

    @Bean
    TrainingRecords trainingRecords(Series series, Files files, JobStore jobs, Checkpoints checkpoints) {
        return new TrainingRecords(series, files, jobs, checkpoints);
    }

    @Bean
    ExportJournal exportJournal(
            SystemDatabase system,
            ExportStore store,
            Jobs jobs,
            Checkpoints checkpoints,
            Events events,
            TrainingRecords records) {
        return new ExportJournal(system, store, jobs, checkpoints, events, records);
    }
}
