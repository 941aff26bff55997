package dev.anneal.service.files.upload;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Ends expired uploads, and deletes the parts of ended ones. */
@Component
final class UploadSweeper {

    private static final Logger LOG = LoggerFactory.getLogger(UploadSweeper.class);

    private static final int BATCH = 100;

    /** How long an ended upload can be retrieved. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    /** Longer than any part takes: its process is gone. */
    private static final Duration LONGEST_PART = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final ArtifactStore store;
    private final Clock clock;

    /** The next sweep continues after this upload, so that parts that cannot be deleted do not delay others. */
    private long after;

    UploadSweeper(JdbcClient jdbc, SystemDatabase database, ArtifactStore store, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.store = store;
        this.clock = clock;
    }

    @Bean
    @ConditionalOnRole(Role.API)
    RecurringChore uploadSweep(UploadProperties properties) {
        return new RecurringChore("upload-sweep", properties.sweepInterval(), this::runOnce);
    }

    void runOnce() {
        int expired = database.call(
                () -> jdbc.sql("""
                                UPDATE upload SET state = 'EXPIRED'
                                WHERE id IN (
                                    SELECT id FROM upload
                                    WHERE state = 'PENDING' AND expires_at <= ?
                                    FOR UPDATE SKIP LOCKED -- another process sweeps as well
                                )
                                """).param(TimeColumn.write(clock.instant())).update());
        if (expired > 0) {
            LOG.info("{} uploads were not completed in time; their parts are deleted", expired);
        }
        List<Upload> left = database.call(() -> jdbc.sql(
                        "SELECT * FROM upload WHERE state <> 'PENDING' AND NOT swept AND id > ? ORDER BY id LIMIT ?")
                .params(after, BATCH)
                .query(UploadRows::upload)
                .list());
        left.stream()
                .takeWhile(upload -> !Thread.currentThread().isInterrupted())
                .forEach(this::removeParts);
        after = left.size() < BATCH ? 0 : left.get(BATCH - 1).key();
        database.run(() -> jdbc.sql("DELETE FROM upload WHERE swept AND created_at < ?")
                .param(TimeColumn.write(clock.instant().minus(REMEMBERED)))
                .update());
    }

    /**
     * Deletes the parts of an ended upload. Those that cannot be deleted or are still arriving are left to the next
     * sweep.
     */
    void removeParts(Upload upload) {
        try {
            store.delete(upload.folder());
        } catch (StorageException failure) {
            LOG.warn("The parts of {} stay until the next sweep: {}", upload.id(), failure.getMessage());
            return;
        }
        database.run(() -> {
            jdbc.sql("DELETE FROM upload_part WHERE upload_id = ? AND (bytes IS NOT NULL OR created_at < ?)")
                    .params(upload.key(), TimeColumn.write(clock.instant().minus(LONGEST_PART)))
                    .update();
            jdbc.sql("""
                            UPDATE upload SET swept = true
                            WHERE id = :upload AND NOT EXISTS (SELECT FROM upload_part WHERE upload_id = :upload)
                            """).param("upload", upload.key()).update();
        });
    }
}
