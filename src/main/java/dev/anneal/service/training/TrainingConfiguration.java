package dev.anneal.service.training;

import dev.anneal.service.history.Checkpoints;
import dev.anneal.service.history.Events;
import dev.anneal.service.history.Samples;
import dev.anneal.service.history.Series;
import dev.anneal.service.job.JobStore;
import dev.anneal.service.job.TunedModels;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.lease.RescueListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class TrainingConfiguration {

    @Bean
    TrainingJournal trainingJournal(
            SystemDatabase system,
            JobStore store,
            Events events,
            Series series,
            Samples samples,
            Checkpoints checkpoints,
            TunedModels models) {
        return new TrainingJournal(system, store, events, series, samples, checkpoints, models);
    }

    @Bean
    RescueListener rescueEvents(TrainingJournal journal) {
        return new RescueEvents(journal);
    }
}
