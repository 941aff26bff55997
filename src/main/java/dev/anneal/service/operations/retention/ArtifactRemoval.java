package dev.anneal.service.operations.retention;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes artifacts of deleted rows. If the store fails, they are orphans, which a later sweep deletes. */
record ArtifactRemoval(ArtifactStore store, RetentionListener listener) {

    private static final Logger LOG = LoggerFactory.getLogger(ArtifactRemoval.class);

    void delete(String directory, long bytes, RetentionListener.Deleted kind) {
        try {
            store.delete(new ArtifactKey(directory));
            listener.removed(kind, bytes);
        } catch (StorageException failure) {
            LOG.warn("{} is deleted as an orphan later: {}", directory, failure.getMessage());
        }
    }
}
