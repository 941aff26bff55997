package dev.anneal.service.results.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.anneal.service.results.push.Push;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.job.export.push}. */
record PushBody(
        String id,
        String object,
        String exportId,
        Instant createdAt,
        @Nullable Instant finishedAt,
        String repoId,
        @JsonProperty("private") boolean isPrivate,
        String revision,
        String status,
        Push.@Nullable Commit commit,
        Push.@Nullable Failure error) {

    static PushBody of(Push push) {
        return new PushBody(
                push.id(),
                "fine_tuning.job.export.push",
                push.exportId(),
                push.createdAt(),
                push.finishedAt(),
                push.repo(),
                push.isPrivate(),
                push.revision(),
                push.state().wireName(),
                push.commit(),
                push.error());
    }
}
