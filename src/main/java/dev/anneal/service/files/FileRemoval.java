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
 * Deletes a file in two steps: its row is marked in a transaction, then its content is deleted. If the second step fails, the sweep finds the mark and repeats it.
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

    /** The id of something unfinished, a job for example, that reads the file. */
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

    /** Hides the file from now on, and has its checks deleted. */
    void doom(long fileKey) {
        jdbc.sql("UPDATE file SET content = 'DOOMED' WHERE id = ? AND content IN ('RECEIVING', 'STORED')")
                .param(fileKey)
                .update();
        listeners.orderedStream().forEach(listener -> listener.deleted(fileKey));
    }

    /** Deletes the content of a doomed file; after a failure the sweep tries again. */
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
