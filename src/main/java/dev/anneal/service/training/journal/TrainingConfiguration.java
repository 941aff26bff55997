package dev.anneal.service.training.journal;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.lease.RescueListener;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.Samples;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.TunedModels;
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
