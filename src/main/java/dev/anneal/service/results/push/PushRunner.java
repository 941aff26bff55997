package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.HubProperties;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.results.push.PushException.Fault;
import dev.anneal.service.results.push.PushStore.Begun;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes one attempt of a push and decides what follows. */
@Component
@ConditionalOnRole(Role.API)
final class PushRunner {

    private static final Logger LOG = LoggerFactory.getLogger(PushRunner.class);

    private static final Duration STORE_DELAY = Duration.ofMinutes(1);

    private final SystemDatabase database;
    private final Exports exports;
    private final PushStore store;
    private final ArtifactStore artifacts;
    private final HubProperties properties;
    private final HubPush hub;
    private final Clock clock;

    PushRunner(
            SystemDatabase database,
            Exports exports,
            PushStore store,
            ArtifactStore artifacts,
            HubProperties properties,
            HubCalls calls,
            Clock clock) {
        this.database = database;
        this.exports = exports;
        this.store = store;
        this.artifacts = artifacts;
        this.properties = properties;
        this.hub = new HubPush(calls);
        this.clock = clock;
    }

    /**
     * Makes an attempt.
     *
     * @return when to try again; empty if nothing remains to be done
     */
    Optional<Instant> run(String id) {
        return database.call(() -> store.begin(id)).flatMap(begun -> attempt(id, begun));
    }

    private Optional<Instant> attempt(String id, Begun begun) {
        try {
            if (!properties.allowsPush(begun.destination().repo())) {
                throw new PushException(
                        Fault.HUB_PUSH_NOT_CONFIGURED, "the operator does not allow this push any more", null);
            }
            Push.Commit commit = hub.run(begun.destination(), files(begun.export()));
            database.run(() -> store.succeed(id, commit));
            return Optional.empty();
        } catch (PushException failure) {
            if (Thread.currentThread().isInterrupted()) {
                // The shutdown of the process interrupted the attempt, which does not count: the scheduler runs it
                // again.
                throw new IllegalStateException("Push " + id + " was interrupted in attempt " + begun.tries(), failure);
            }
            Optional<Instant> next = next(failure, begun.tries());
            Push.State state = next.isPresent() ? Push.State.QUEUED : Push.State.FAILED;
            LOG.warn("Push {} is {} after try {}: {}", id, state.wireName(), begun.tries(), failure.getMessage());
            database.run(() -> store.fail(id, state, failure));
            return next;
        }
    }

    /** After the last delay the push fails; waiting for the artifact store is not limited. */
    private Optional<Instant> next(PushException failure, int tries) {
        if (failure.kind() == Fault.STORAGE_FAILED) {
            return Optional.of(clock.instant().plus(STORE_DELAY));
        }
        List<Duration> delays = properties.pushRetryDelays();
        return failure.mayPass() && tries <= delays.size()
                ? Optional.of(clock.instant().plus(delays.get(tries - 1)))
                : Optional.empty();
    }

    private List<ExportedFile> files(long export) {
        Export.Result result = database.call(() -> exports.byNumber(export)).result();
        if (result == null) {
            throw new IllegalStateException("an export that is pushed has files");
        }
        ArtifactKey folder = new ArtifactKey(result.directory());
        return result.files().stream()
                .map(file -> new ExportedFile(artifacts, folder.child(file.name()), file))
                .toList();
    }
}
