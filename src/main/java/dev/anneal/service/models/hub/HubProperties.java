package dev.anneal.service.models.hub;

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
 * @param token token for gated models; sent only to the endpoint's host
 * @param offline whether nothing is pulled, so that only models in the cache are available
 * @param allowed ids that may be pulled, and used from the cache; {@code *} matches any characters
 * @param pushToken the operator's token for pushing exports; sent only to the endpoint's host. Null: nothing is pushed
 * @param pushRepos repositories that exports may be pushed to; {@code *} matches any characters
 * @param pushRetryDelays delays between attempts of a push; after the last one the push fails
 * @param cacheDir this machine's Hub cache. A string because Spring resolves a path that is also the name of a resource
 *     to the resource
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
            throw new IllegalArgumentException(
                    "anneal.hub.endpoint must be an http or https address with a host, such as"
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

    /** Address of a path on the Hub. */
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
