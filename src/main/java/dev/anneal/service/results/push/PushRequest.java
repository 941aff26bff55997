package dev.anneal.service.results.push;

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
        String repo,
        boolean isPrivate,
        String revision,
        @Nullable String commitMessage) {

    private static final int LONGEST_MESSAGE = 500;

    /** Reads the body of {@code POST …/push}. */
    public static PushRequest read(StrictObject body) {
        String repo = body.requiredText("repo_id");
        Boolean isPrivate = body.flag("private");
        String revision = body.text("revision");
        String message = body.text("commit_message");
        body.refuseOthers();
        if (!HubNames.isId(repo) || !repo.contains("/")) {
            throw body.invalid("repo_id", "must be a repository with its owner, such as 'org/name'", repo);
        }
        if (revision != null && !HubNames.isRevision(revision)) {
            throw body.invalid("revision", "must be a branch, such as 'main'", revision);
        }
        if (message != null && (message.isBlank() || message.length() > LONGEST_MESSAGE)) {
            throw body.invalid("commit_message", "must have 1 to " + LONGEST_MESSAGE + " characters", message);
        }
        return new PushRequest(repo, isPrivate == null || isPrivate, revision == null ? "main" : revision, message);
    }
}
