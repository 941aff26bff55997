package dev.anneal.service.results.push;

import dev.anneal.protocol.WireName;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A push of an export in its current state.
 *
 * @param exportId id of the export
 * @param isPrivate whether the repository is to be private
 * @param commit the commit; null until it has succeeded
 * @param error failure of the last attempt; null if there was none, or it succeeded
 */
public record Push(
        String id,
        String exportId,
        Instant createdAt,
        @Nullable Instant finishedAt,
        String repo,
        boolean isPrivate,
        String revision,
        State state,
        @Nullable Commit commit,
        @Nullable Failure error) {

    /** State of a push: queued until its first attempt and between attempts. */
    public enum State implements WireName {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED;
    }

    /** The commit of the push. */
    @Embeddable
    public record Commit(
            @Column(name = "commit_sha") String sha,
            @Column(name = "commit_url") @Nullable String url) {}

    /** Why an attempt failed. */
    @Embeddable
    public record Failure(
            @Column(name = "error_code") String code,
            @Column(name = "error_message") String message) {}
}
