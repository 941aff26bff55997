package dev.anneal.service.job;

import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.database.TenantDatabase;
import dev.anneal.service.history.Checkpoints;
import dev.anneal.service.history.Events;
import dev.anneal.service.history.Series;
import dev.anneal.service.queue.QueueNumbers;
import dev.anneal.service.queue.RescueListener;
import dev.anneal.service.queue.WorkQueue;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class JobConfiguration {

    @Bean
    JobStore jobStore(WorkQueue queue) {
        return new JobStore(queue);
    }

    @Bean
    TunedModels tunedModels(TenantDatabase database, Checkpoints checkpoints) {
        return new TunedModels(database, checkpoints);
    }

    @Bean
    TrainingJournal trainingJournal(
            SystemDatabase system,
            JobStore store,
            Events events,
            Series series,
            Checkpoints checkpoints,
            TunedModels models) {
        return new TrainingJournal(system, store, events, series, checkpoints, models);
    }

    @Bean
    RescueListener rescueEvents(TrainingJournal journal) {
        return new RescueEvents(journal);
    }

    @Bean
    JobInsights jobInsights(
            TenantDatabase database, WorkQueue queue, QueueNumbers numbers, SystemDatabase system, Clock clock) {
        return new JobInsights(database, queue, numbers, new QueueOutlook(system, clock), clock);
    }
}
