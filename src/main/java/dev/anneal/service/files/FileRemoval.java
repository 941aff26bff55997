package dev.anneal.service.files;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes a file in two steps: its row is marked in a transaction, then its content is deleted. If the second step
 * fails, the sweep finds the mark and repeats it.
 */
@Component
final class FileRemoval {

    private static final Logger LOG = LoggerFactory.getLogger(FileRemoval.class);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final ArtifactStore store;
    private final ObjectProvider<FileUsage> usages;
    private final ObjectProvider<FileListener> listeners;

    FileRemoval(
            JdbcClient jdbc,
            SystemDatabase database,
            ArtifactStore store,
            ObjectProvider<FileUsage> usages,
            ObjectProvider<FileListener> listeners) {
        this.jdbc = jdbc;
        this.database = database;
        this.store = store;
        this.usages = usages;
        this.listeners = listeners;
    }

    /** The id of an unfinished object that reads the file, for example a job. */
    Optional<String> unfinishedUser(String tenantId, String fileId) {
        return usages.orderedStream()
                .flatMap(usage -> jdbc
                        .sql(usage.unfinishedUser())
                        .param("file", fileId)
                        .param("tenant", tenantId)
                        .query(String.class)
                        .optional()
                        .stream())
                .findFirst();
    }

    /** Marks the file as deleted and deletes its checks. */
    void doom(long fileKey) {
        jdbc.sql("UPDATE file SET content = 'DOOMED' WHERE id = ? AND content IN ('RECEIVING', 'STORED')")
                .param(fileKey)
                .update();
        listeners.orderedStream().forEach(listener -> listener.deleted(fileKey));
    }

    /** Deletes the content of a marked file; after a failure the sweep retries. */
    void removeContent(String tenantId, String fileId) {
        try {
            store.delete(ArtifactKey.ofFile(tenantId, fileId));
        } catch (StorageException failure) {
            LOG.warn("The content of {} stays until the next sweep: {}", fileId, failure.getMessage());
            return;
        }
        database.run(() -> jdbc.sql("UPDATE file SET content = 'GONE' WHERE public_id = ? AND content = 'DOOMED'")
                .param(fileId)
                .update());
    }
}
