package dev.anneal.service.models.hub;

import dev.anneal.service.models.catalog.ModelId;
import dev.anneal.service.platform.outbound.OutboundClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Hugging Face Hub, or a server with the same API.
 *
 * @param endpoint address of the Hub
 * @param token what models that need a permission are asked for with; sent to the endpoint's host alone
 * @param offline whether nothing is pulled, so that only what lies in the cache is there
 * @param allowed ids that may be used; {@code *} stands for any characters
 * @param pushToken what exports are pushed with, of the operator; null where nothing may be pushed. Sent to the endpoint's host alone
 * @param pushRepos repositories that exports may be pushed to; {@code *} stands for any characters
 * @param pushRetryDelays waits between tries of a push; when all have passed, it has failed
 * @param cacheDir folder in the layout of the Hub's own cache, of this machine. A text, not a path: Spring takes a path that is also the name of a
 *     resource for the resource
 */
@ConfigurationProperties("anneal.hub")
public record HubProperties(
        @DefaultValue("https://huggingface.co") URI endpoint,
        @Nullable String token,
        @DefaultValue("true") boolean offline,
        @DefaultValue List<String> allowed,
        @Nullable String pushToken,
        @DefaultValue List<String> pushRepos,
        @DefaultValue({"5s", "30s", "5m", "30m"}) List<Duration> pushRetryDelays,
        String cacheDir) {

    public HubProperties {
        if (!OutboundClient.isHttp(endpoint)) {
            throw new IllegalArgumentException("anneal.hub.endpoint must be an http or https address with a host, as"
                    + " https://huggingface.co, but is '" + endpoint + "'");
        }
        token = token == null || token.isBlank() ? null : token;
        pushToken = pushToken == null || pushToken.isBlank() ? null : pushToken;
        allowed = List.copyOf(allowed);
        pushRepos = List.copyOf(pushRepos);
        pushRetryDelays = List.copyOf(pushRetryDelays);
    }

    Path cache() {
        return Path.of(cacheDir);
    }

    /** Whether a model may be used. */
    boolean allows(String id) {
        return ModelId.isAllowed(id, allowed);
    }

    /** Whether exports may be pushed to a repository. */
    public boolean allowsPush(String repo) {
        return pushToken != null && ModelId.isAllowed(repo, pushRepos);
    }

    /** Address of a path of the Hub. */
    public URI at(String path) {
        String base = endpoint.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    /** Without the tokens. */
    @Override
    public String toString() {
        return "HubProperties[endpoint=" + endpoint + ", offline=" + offline + ", allowed=" + allowed + ", pushRepos="
                + pushRepos + ", cacheDir=" + cacheDir + "]";
    }
}
