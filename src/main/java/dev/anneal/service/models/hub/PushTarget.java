package dev.anneal.service.models.hub;

import dev.anneal.service.models.catalog.ModelId;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the operator allows exports to be pushed to.
 *
 * @param endpoint address of the Hub
 * @param token the operator's; null where nothing is pushed
 * @param repos patterns of repositories
 * @param retryDelays waits between tries; when all have passed, a push has failed
 */
public record PushTarget(URI endpoint, @Nullable String token, List<String> repos, List<Duration> retryDelays) {

    public PushTarget {
        repos = List.copyOf(repos);
        retryDelays = List.copyOf(retryDelays);
        token = token == null || token.isBlank() ? null : token;
    }

    public boolean isConfigured() {
        return token != null;
    }

    /** Whether the operator allows the repository by one of the patterns. */
    public boolean allows(String repo) {
        return ModelId.isAllowed(repo, repos);
    }

    /** Address of a path of the Hub. */
    public URI at(String path) {
        return HubClient.at(endpoint, path);
    }

    /** The id that git gives a content, in hexadecimal digits. */
    public static String gitHash(byte[] content) {
        return HubFile.gitHash(content);
    }

    /** Whether a text can be a branch's name, so that it leads nowhere else in an address. */
    public static boolean isRevision(String text) {
        return HubCache.isRevision(text);
    }

    /** Whether a text can be the name of a repository, with its owner. */
    public static boolean isRepo(String text) {
        return HubCache.isId(text) && text.contains("/");
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "PushTarget[endpoint=" + endpoint + ", repos=" + repos + "]";
    }
}
