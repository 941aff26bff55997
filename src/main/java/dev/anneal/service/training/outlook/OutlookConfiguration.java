package dev.anneal.service.training.outlook;

import dev.anneal.service.files.Files;
import dev.anneal.service.files.check.TokenCounts;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.queue.QueueNumbers;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.training.job.EngineSetups;
import dev.anneal.service.training.job.JobAdmission;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.machine.Machines;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class OutlookConfiguration {

    @Bean
    QueueOutlook queueOutlook(SystemDatabase system, Machines machines, JobStore jobs, Clock clock) {
        return new QueueOutlook(system, machines, jobs, clock);
    }

    @Bean
    JobInsights jobInsights(
            TenantDatabase database, WorkQueue queue, QueueNumbers numbers, QueueOutlook outlook, Clock clock) {
        return new JobInsights(database, queue, numbers, outlook, clock);
    }

    @Bean
    JobEstimates jobEstimates(
            JobAdmission admission,
            ModelCatalog catalog,
            Files files,
            TokenCounts counts,
            QueueOutlook outlook,
            EngineSetups engines,
            Clock clock) {
        return new JobEstimates(admission, catalog, files, counts, outlook, engines, clock);
    }
}
