package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.JobStore;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Processes that serve the API also report to the MLflow server, if one is configured. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
@ConditionalOnProperty("anneal.mlflow.url")
class MlflowConfiguration {

    private static URI url(MlflowProperties properties) {
        return Objects.requireNonNull(properties.url(), "this configuration is made where a url is set");
    }

    @Bean
    MlflowClient mlflowClient(OutboundHttp http, MlflowProperties properties, MlflowMeters meters) {
        URI url = url(properties);
        return new MlflowClient(
                http.toConfigured(url, OutboundLimits.within(properties.timeout(), 2), 0), url, properties, meters);
    }

    @Bean
    RecurringChore mlflowReports(
            JdbcClient jdbc,
            SystemDatabase database,
            JobStore jobs,
            Series series,
            MlflowClient client,
            MlflowProperties properties,
            Clock clock) {
        RunStore runs = new RunStore(jdbc, database);
        List<Sender> senders = new ArrayList<>();
        senders.add(new RunSender(database, jobs, series, runs, client, properties));
        if (properties.registerModels()) {
            senders.add(new ModelVersionSender(jdbc, database, jobs, runs, client, properties));
        }
        MlflowReports reports = new MlflowReports(senders, url(properties), properties.interval(), clock);
        return new RecurringChore("mlflow-reports", properties.interval(), reports::runOnce);
    }
}
