package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.outbound.OutboundClient;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The MLflow server to which jobs are reported.
 *
 * @param url address of the server as its users know it; null: nothing is reported
 * @param token bearer token
 * @param username user name for basic authentication, instead of a token
 * @param password password for {@code username}
 * @param experiment name of the experiment; {@code {tenant}} stands for the job's tenant
 * @param registerModels whether exports become versions of registered models
 * @param alias alias of the newest version of a registered model
 * @param interval how often a job is checked for new data, and the first delay after the server did not answer
 * @param backfill how long ago a job or export may have ended to be reported to the server if it has not been yet
 * @param timeout total time limit for a request to the server
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
        if (url != null && (!OutboundClient.isHttp(url) || url.getQuery() != null)) {
            throw new IllegalArgumentException("anneal.mlflow.url is '" + url
                    + "', but must be an http or https address with a host and without a query, such as"
                    + " http://mlflow:5000");
        }
        if (url != null && url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "anneal.mlflow.url holds credentials; give them as anneal.mlflow.username and"
                            + " anneal.mlflow.password");
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
