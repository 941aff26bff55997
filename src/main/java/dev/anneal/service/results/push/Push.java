package dev.anneal.service.results.push;

import dev.anneal.protocol.WireName;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A push of an export as it stands now.
 *
 * @param exportId id of the export
 * @param isPrivate whether the repository is to be private
 * @param commit null until it has succeeded
 * @param error of the last try; null if there was no try, or it succeeded
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

    /** State of a push: queued until its first try and between two tries. */
    public enum State implements WireName {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED;
    }

    /** The commit that the push has made. */
    @Embeddable
    public record Commit(
            @Column(name = "commit_sha") String sha,
            @Column(name = "commit_url") @Nullable String url) {}

    /** Why a try failed. */
    @Embeddable
    public record Failure(
            @Column(name = "error_code") String code,
            @Column(name = "error_message") String message) {}
}
