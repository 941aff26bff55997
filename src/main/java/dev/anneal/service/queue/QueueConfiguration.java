package dev.anneal.service.queue;

import dev.anneal.service.access.quota.QuotaGate;
import dev.anneal.service.access.quota.TrainingUsage;
import dev.anneal.service.platform.database.SystemDatabase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

    @Bean
    WorkEnds workEnds(ObjectProvider<WorkEndListener> listeners) {
        return new WorkEnds(listeners.orderedStream().toList());
    }

    @Bean
    WorkQueue workQueue(WorkEnds ends, QuotaGate quotas) {
        return new WorkQueue(ends, quotas);
    }

    @Bean
    TrainingUsage trainingUsage() {
        return new TrainingWork();
    }

    @Bean
    QueueNumbers queueNumbers(SystemDatabase system) {
        return new QueueNumbers(system);
    }

    @Bean
    WorkerStates workerStates(SystemDatabase system) {
        return new WorkerStates(system);
    }

    @Bean
    FinishedWork finishedWork(SystemDatabase system) {
        return new FinishedWork(system);
    }
}
