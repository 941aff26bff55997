package dev.anneal.service.notification.mlflow;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which MLflow server is told of jobs.
 *
 * @param url the server's address as its users have it; absent: none is told
 * @param token sent as bearer token
 * @param username sent with {@code password} by basic authentication
 * @param experiment name of the experiment, in which {@code {tenant}} stands for the job's tenant
 * @param registerModels whether an export becomes a version of a registered model
 * @param alias alias that the newest version of a registered model gets
 * @param interval how often a job is looked through for news
 * @param backfill how long ago a job may have ended that has no run yet and gets one
 * @param timeout how long a request may take in all
 */
@Validated
@ConfigurationProperties("anneal.mlflow")
record MlflowProperties(
        @Nullable URI url,
        @Nullable String token,
        @Nullable String username,
        @Nullable String password,
        @DefaultValue("anneal-{tenant}") String experiment,
        @DefaultValue("true") boolean registerModels,
        @DefaultValue("newest") String alias,
        @DefaultValue("5s") Duration interval,
        @DefaultValue("1d") Duration backfill,
        @DefaultValue("30s") Duration timeout) {

    MlflowProperties {
        if (url != null && (url.getHost() == null || url.getQuery() != null)) {
            throw new IllegalArgumentException("anneal.mlflow.url is '" + url
                    + "', but must be an http or https address with a host and without a query, as http://mlflow:5000");
        }
        if (url != null && url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "anneal.mlflow.url holds credentials; give them as anneal.mlflow.username and anneal.mlflow.password");
        }
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException(
                    "anneal.mlflow.username and anneal.mlflow.password go together; one is absent");
        }
        if (token != null && username != null) {
            throw new IllegalArgumentException(
                    "anneal.mlflow.token and anneal.mlflow.username are both set; the server takes one of them");
        }
    }

    String experimentOf(String tenant) {
        return experiment.replace("{tenant}", tenant);
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return "MlflowProperties[url=" + url + ", experiment=" + experiment + "]";
    }
}
