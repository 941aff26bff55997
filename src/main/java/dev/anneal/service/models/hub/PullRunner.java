package dev.anneal.service.models.hub;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Pulls requested models. Another process continues the pull of a dead one. */
@Component
@ConditionalOnRole(Role.API)
final class PullRunner {

    private static final Logger LOG = LoggerFactory.getLogger(PullRunner.class);

    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final SystemDatabase database;
    private final ModelPull puller;
    private final HubRows rows;

    PullRunner(SystemDatabase database, ModelPull puller, HubRows rows) {
        this.database = database;
        this.puller = puller;
        this.rows = rows;
    }

    /**
     * Pulls a model, unless the request is obsolete.
     *
     * @param request model id and time of the request, as the trigger of {@code base_model} writes them
     */
    void run(String request) {
        int at = request.lastIndexOf('@');
        database.call(() -> rows.requested(request.substring(0, at), request.substring(at + 1)))
                .ifPresent(this::pull);
    }

    private void pull(HubRows.Requested request) {
        try {
            String sha = puller.pull(request.modelId(), request.revision(), new StoredProgress(request));
            database.run(() -> rows.ready(request, sha));
        } catch (HubException failure) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("The pull of '" + request.modelId() + "' was interrupted", failure);
            }
            LOG.warn("Base model '{}' could not be pulled: {}", request.modelId(), failure.getMessage());
            database.run(() -> rows.failed(request, failure));
        } catch (RuntimeException failure) {
            if (Thread.currentThread().isInterrupted()) {
                throw failure;
            }
            LOG.error("Base model '{}' could not be pulled", request.modelId(), failure);
            database.run(() -> rows.failed(
                    request,
                    new HubException(
                            HubException.Reason.MODEL_NOT_AVAILABLE,
                            "the service failed on this pull; its log says why")));
        }
    }

    /** Writes the progress of a pull, at most once a second. */
    private final class StoredProgress implements PullListener {

        private final HubRows.Requested request;
        private @Nullable String license;
        private long bytesTotal;
        private long bytesDone;
        private long storedNanos;

        StoredProgress(HubRows.Requested request) {
            this.request = request;
        }

        @Override
        public void found(@Nullable String ofModel) {
            license = ofModel;
        }

        @Override
        public boolean arrived(long done, long total) {
            boolean begins = total != bytesTotal;
            bytesTotal = total;
            bytesDone = done;
            return begins ? store() : waits();
        }

        @Override
        public boolean waits() {
            return System.nanoTime() - storedNanos <= INTERVAL_NANOS || store();
        }

        /** Whether the pull is still wanted. */
        private boolean store() {
            storedNanos = System.nanoTime();
            return database.call(() -> rows.progress(request, license, bytesTotal, bytesDone))
                    && !Thread.currentThread().isInterrupted();
        }
    }
}
