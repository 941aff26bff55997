package dev.anneal.service.lease;

import dev.anneal.service.database.HeartbeatDatabase;
import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.queue.WorkEnds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.transaction.TransactionException;

@Configuration(proxyBeanMethods = false)
class LeaseConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseConfiguration.class);

    @Bean
    Leases leases(SystemDatabase system, HeartbeatDatabase heartbeats, LeaseProperties properties, WorkEnds ends) {
        if (heartbeats.timeout().multipliedBy(3).compareTo(properties.lease()) >= 0) {
            throw new IllegalStateException(
                    "anneal.database.heartbeat-timeout must be less than a third of anneal.queue.lease, but is %s of %s"
                            .formatted(heartbeats.timeout(), properties.lease()));
        }
        return new Leases(system, heartbeats, properties, ends);
    }

    @Bean
    Rescuer rescuer(
            SystemDatabase system,
            LeaseProperties properties,
            WorkEnds ends,
            ObjectProvider<RescueListener> listeners) {
        return new Rescuer(system, properties, ends, listeners.orderedStream().toList());
    }

    @Bean
    SchedulingConfigurer rescueSchedule(Rescuer rescuer, LeaseProperties properties) {
        return tasks -> tasks.addFixedDelayTask(() -> rescue(rescuer), properties.scanInterval());
    }

    private static void rescue(Rescuer rescuer) {
        try {
            rescuer.runOnce();
        } catch (DataAccessException | TransactionException unreachable) {
            LOG.warn("Nobody looked for lost workers; the next scan does: {}", unreachable.getMessage());
        }
    }
}
