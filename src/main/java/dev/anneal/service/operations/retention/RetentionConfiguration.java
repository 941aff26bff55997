package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import dev.anneal.service.results.export.ExportRemoval;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StoreOwnership;
import dev.anneal.service.training.history.Checkpoints;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Processes that serve the API sweep as well. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class RetentionConfiguration {

    @Bean
    ExpirySweep expirySweep(
            SystemDatabase system,
            JdbcClient jdbc,
            RetentionProperties properties,
            Checkpoints checkpoints,
            ExportRemoval exports,
            ArtifactStore store,
            ObjectProvider<RetentionListener> listeners) {
        return new ExpirySweep(
                system,
                new ExpiredArtifacts(jdbc, system, properties.retention()),
                checkpoints,
                exports,
                store,
                all(listeners));
    }

    @Bean
    SpentStateSweep spentStateSweep(
            JdbcClient jdbc,
            SystemDatabase system,
            RetentionProperties properties,
            Checkpoints checkpoints,
            ArtifactStore store,
            ObjectProvider<RetentionListener> listeners) {
        return new SpentStateSweep(jdbc, system, checkpoints, store, all(listeners), properties.trainingStateDays());
    }

    @Bean
    OrphanSweep orphanSweep(
            SystemDatabase system,
            OrphanRows rows,
            RetentionProperties properties,
            ArtifactStore store,
            StoreOwnership ownership,
            ObjectProvider<RetentionListener> listeners) {
        return new OrphanSweep(system, store, ownership, all(listeners), properties.orphanAge(), rows);
    }

    private static RetentionListener all(ObjectProvider<RetentionListener> listeners) {
        return new RetentionListener() {

            @Override
            public void removed(Kind kind, long bytes) {
                listeners.orderedStream().forEach(listener -> listener.removed(kind, bytes));
            }

            @Override
            public void refused() {
                listeners.orderedStream().forEach(RetentionListener::refused);
            }
        };
    }

    @Bean
    @DependsOnDatabaseInitialization
    SchedulerLifecycle retentionSchedule(
            @Qualifier("systemPool") DataSource pool,
            ExpirySweep expiry,
            SpentStateSweep spent,
            OrphanSweep orphans,
            RetentionProperties properties,
            Clock clock) {
        return RetentionSchedule.of(
                pool,
                () -> {
                    try {
                        expiry.runOnce();
                        spent.runOnce();
                    } finally {
                        orphans.runOnce();
                    }
                },
                properties.interval(),
                clock);
    }
}
