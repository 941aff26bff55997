package dev.anneal.service.results.push;

import dev.anneal.protocol.Setting;
import dev.anneal.service.models.hub.HubNames;
import dev.anneal.service.platform.request.StrictObject;
import org.jspecify.annotations.Nullable;

/**
 * A request for a push.
 *
 * @param repo with its owner, such as {@code org/name}
 * @param isPrivate whether the repository is to be private
 * @param revision the branch
 * @param commitMessage message of the commit; null for one that names the export
 */
public record PushRequest(
        @Setting(key = "repo_id") String repo,
        @Setting(key = "private", byDefault = "true") boolean isPrivate,
        @Setting(byDefault = "main") String revision,
        @Setting @Nullable String commitMessage) {

    private static final int LONGEST_MESSAGE = 500;

    /** Reads the body of {@code POST …/push}. */
    public static PushRequest read(StrictObject body) {
        body.requiredText("repo_id");
        PushRequest request = body.readAll(PushRequest.class);
        String repo = request.repo;
        String message = request.commitMessage;
        if (!HubNames.isId(repo) || !repo.contains("/")) {
            throw body.invalid("repo_id", "must be a repository with its owner, such as 'org/name'", repo);
        }
        if (!HubNames.isRevision(request.revision)) {
            throw body.invalid("revision", "must be a branch, such as 'main'", request.revision);
        }
        if (message != null && (message.isBlank() || message.length() > LONGEST_MESSAGE)) {
            throw body.invalid("commit_message", "must have 1 to " + LONGEST_MESSAGE + " characters", message);
        }
        return request;
    }
}
