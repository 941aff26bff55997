package dev.anneal.service.files.upload;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes the parts of uploads that have ended. Parts that cannot be deleted or still arrive are left to the sweep. */
@Component
final class UploadRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(UploadRemoval.class);

    /** No part takes longer to arrive: after this time the process that received it is gone. */
    private static final Duration LONGEST_PART = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final ArtifactStore store;
    private final Clock clock;

    UploadRemoval(JdbcClient jdbc, SystemDatabase database, ArtifactStore store, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.store = store;
        this.clock = clock;
    }

    /** @param upload one that is pending no more */
    void removeParts(Upload upload) {
        try {
            store.delete(upload.folder());
        } catch (StorageException failure) {
            LOG.warn("The parts of {} stay until the next sweep: {}", upload.id(), failure.getMessage());
            return;
        }
        database.run(() -> {
            jdbc.sql("DELETE FROM upload_part WHERE upload_id = ? AND (bytes IS NOT NULL OR created_at < ?)")
                    .params(upload.key(), UploadRows.timestamp(clock.instant().minus(LONGEST_PART)))
                    .update();
            jdbc.sql("""
                            UPDATE upload SET swept = true
                            WHERE id = :upload AND NOT EXISTS (SELECT FROM upload_part WHERE upload_id = :upload)
                            """).param("upload", upload.key()).update();
        });
    }
}
