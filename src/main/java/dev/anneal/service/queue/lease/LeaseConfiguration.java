package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.HeartbeatDatabase;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.schedule.LocalChore;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

@Configuration(proxyBeanMethods = false)
class LeaseConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseConfiguration.class);

    @Bean
    Leases leases(
            JdbcClient jdbc,
            SystemDatabase system,
            HeartbeatDatabase heartbeats,
            LeaseProperties properties,
            ApplicationEventPublisher events) {
        if (heartbeats.timeout().multipliedBy(3).compareTo(properties.lease()) >= 0) {
            throw new IllegalStateException(
                    "anneal.database.heartbeat-timeout must be less than a third of anneal.queue.lease, but is %s of %s"
                            .formatted(heartbeats.timeout(), properties.lease()));
        }
        return new Leases(jdbc, system, heartbeats, properties, events);
    }

    @Bean
    Memberships memberships(JdbcClient jdbc, SystemDatabase system) {
        return new Memberships(jdbc, system);
    }

    @Bean
    Rescuer rescuer(
            JdbcClient jdbc,
            SystemDatabase system,
            LeaseProperties properties,
            ApplicationEventPublisher events,
            ObjectProvider<HeldWork> heldHere,
            ObjectProvider<RescueListener> listeners,
            RescueMeters meters) {
        return new Rescuer(
                jdbc,
                system,
                properties,
                events,
                () -> heldHere.stream().flatMap(held -> held.ids().stream()).collect(Collectors.toSet()),
                listeners.orderedStream().toList(),
                meters);
    }

    @Bean
    DatabaseWatch databaseWatch(JdbcClient jdbc, HeartbeatDatabase heartbeats, LeaseProperties properties) {
        return new DatabaseWatch(() -> timeOf(jdbc, heartbeats), properties);
    }

    @Bean
    LocalChore databaseLook(DatabaseWatch watch) {
        return new LocalChore(watch.interval(), watch::look);
    }

    @Bean
    LocalChore rescue(DatabaseWatch watch, Rescuer rescuer, LeaseProperties properties) {
        return new LocalChore(
                properties.scanInterval(), () -> watch.trustedUntil().ifPresent(until -> rescue(rescuer, until)));
    }

    private static Instant timeOf(JdbcClient jdbc, HeartbeatDatabase heartbeats) {
        return heartbeats
                .call(() -> jdbc.sql("SELECT clock_timestamp()")
                        .query(OffsetDateTime.class)
                        .single())
                .toInstant();
    }

    private static void rescue(Rescuer rescuer, Instant until) {
        try {
            rescuer.runOnce(until);
        } catch (DataAccessException | TransactionException unreachable) {
            LOG.warn("Nobody looked for lost workers; the next scan does: {}", unreachable.getMessage());
        }
    }
}
