package dev.anneal.service.queue;

import dev.anneal.service.database.HeartbeatDatabase;
import dev.anneal.service.database.SystemDatabase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

    @Bean
    WorkQueue workQueue() {
        return new WorkQueue();
    }

    @Bean
    QueueNumbers queueNumbers(SystemDatabase system) {
        return new QueueNumbers(system);
    }

    @Bean
    Leases leases(SystemDatabase system, HeartbeatDatabase heartbeats, QueueProperties properties) {
        if (heartbeats.timeout().multipliedBy(3).compareTo(properties.lease()) >= 0) {
            throw new IllegalStateException(
                    "anneal.database.heartbeat-timeout must be less than a third of anneal.queue.lease, but is %s of %s"
                            .formatted(heartbeats.timeout(), properties.lease()));
        }
        return new Leases(system, heartbeats, properties);
    }

    @Bean
    Rescuer rescuer(SystemDatabase system, QueueProperties properties, ObjectProvider<RescueListener> listeners) {
        return new Rescuer(system, properties, listeners.orderedStream().toList());
    }

    @Bean
    SchedulingConfigurer rescueSchedule(Rescuer rescuer, QueueProperties properties) {
        return tasks -> tasks.addFixedDelayTask(rescuer::runOnce, properties.scanInterval());
    }
}
