package dev.anneal.service.models.hub;

import dev.anneal.service.models.catalog.ModelSource;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Pulls requested models one after the other on a thread of its own. A pull whose process has died is continued by another process. */
@Component
@ConditionalOnRole(Role.API)
final class PullLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PullLoop.class);

    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final SystemDatabase database;
    private final ModelPull puller;
    private final HubRows rows;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "hub-pulls");
        worker.setDaemon(true);
        return worker;
    });
    private final AtomicBoolean isAwake = new AtomicBoolean();

    PullLoop(SystemDatabase database, ModelPull puller, HubRows rows) {
        this.database = database;
        this.puller = puller;
        this.rows = rows;
    }

    /** Looks for requested pulls soon, unless that is about to happen already. */
    void wake() {
        if (isAwake.compareAndSet(false, true)) {
            thread.execute(this::run);
        }
    }

    private void run() {
        isAwake.set(false);
        try {
            Optional<HubRows.Claimed> claimed = database.call(rows::claim);
            while (claimed.isPresent() && !Thread.currentThread().isInterrupted()) {
                pull(claimed.get());
                claimed = database.call(rows::claim);
            }
        } catch (DataAccessException away) {
            LOG.warn("Pulls of base models wait for the database: {}", away.getMessage());
        }
    }

    private void pull(HubRows.Claimed claimed) {
        try {
            String sha = puller.pull(claimed.modelId(), claimed.revision(), new StoredProgress(claimed));
            database.run(() -> rows.ready(claimed, sha));
        } catch (HubException failure) {
            if (!Thread.currentThread().isInterrupted()) {
                LOG.warn("Base model '{}' could not be pulled: {}", claimed.modelId(), failure.getMessage());
                database.run(() -> rows.failed(claimed, failure));
            }
        } catch (RuntimeException failure) {
            LOG.error("Base model '{}' could not be pulled", claimed.modelId(), failure);
            database.run(() -> rows.failed(
                    claimed,
                    new HubException(
                            HubException.Kind.MODEL_NOT_AVAILABLE,
                            "the service failed on this pull; its log says why")));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Writes the progress of a pull and keeps its claim, at most once a second. */
    private final class StoredProgress implements ModelSource.Listener {

        private final HubRows.Claimed claimed;
        private @Nullable String license;
        private long bytesTotal;
        private long bytesDone;
        private long storedNanos;

        StoredProgress(HubRows.Claimed claimed) {
            this.claimed = claimed;
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
            return database.call(() -> rows.progress(claimed, license, bytesTotal, bytesDone))
                    && !Thread.currentThread().isInterrupted();
        }
    }
}
