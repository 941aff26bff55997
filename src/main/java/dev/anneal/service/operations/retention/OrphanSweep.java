package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreOwnership;
import dev.anneal.service.storage.StoredUnit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Deletes objects of the store that no row refers to: remains of failed deletions and of interrupted processes. An
 * orphan is noted when first seen and deleted if it is still one {@code age} later, which leaves time to correct a
 * restored or wrong database. A store whose marker does not name this installation is not touched.
 */
@Component
@ConditionalOnRole(Role.API)
final class OrphanSweep {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweep.class);

    private final SystemDatabase system;
    private final ArtifactStore store;
    private final StoreOwnership ownership;
    private final RetentionListener listener;
    private final @Nullable Duration age;
    private final OrphanRows rows;

    OrphanSweep(
            SystemDatabase system,
            ArtifactStore store,
            StoreOwnership ownership,
            RetentionListener listener,
            RetentionProperties properties,
            OrphanRows rows) {
        this.system = system;
        this.store = store;
        this.ownership = ownership;
        this.listener = listener;
        this.age = properties.orphanAge();
        this.rows = rows;
    }

    void runOnce() {
        // If orphans are kept forever, the store is not listed.
        if (age != null && isOurs()) {
            sweep(age);
        }
    }

    /** If the store is not this installation's, another database may refer to its objects. */
    private boolean isOurs() {
        Optional<String> objection = ownership.objection();
        objection.ifPresent(reason -> {
            LOG.warn("Nothing is taken for an orphan or deleted as one, and the next sweep looks again. {}", reason);
            listener.refused();
        });
        return objection.isEmpty();
    }

    private void sweep(Duration patience) {
        String begin = system.call(rows::now);
        OrphanNotes notes = new OrphanNotes(system, begin, rows);
        store.list(notes::visit);
        notes.finish();
        if (notes.noted() > 0) {
            LOG.info(
                    "{} files and folders of the artifact store belong to no row; what still does not {} after it was"
                            + " first seen is deleted",
                    notes.noted(),
                    patience);
        }
        deleteOld(patience);
    }

    private void deleteOld(Duration patience) {
        int deleted = 0;
        long bytes = 0;
        List<OrphanRows.Noted> batch = old(patience, "");
        while (!batch.isEmpty() && isOurs()) {
            for (OrphanRows.Noted orphan : stillOrphans(batch)) {
                if (delete(orphan)) {
                    deleted++;
                    bytes += orphan.bytes();
                }
            }
            batch = old(patience, batch.get(batch.size() - 1).key());
        }
        if (deleted > 0) {
            LOG.info(
                    "{} files and folders of {} bytes that belong to no row are deleted from the artifact store",
                    deleted,
                    bytes);
        }
    }

    private List<OrphanRows.Noted> old(Duration patience, String after) {
        return system.call(() -> rows.old(patience, after));
    }

    private List<OrphanRows.Noted> stillOrphans(List<OrphanRows.Noted> batch) {
        List<StoredUnit> units = batch.stream()
                .flatMap(orphan -> StoredUnit.of(new ArtifactKey(orphan.key())).stream())
                .toList();
        Set<String> unnamed = system.call(() -> rows.unnamed(units));
        return batch.stream().filter(orphan -> unnamed.contains(orphan.key())).toList();
    }

    private boolean delete(OrphanRows.Noted orphan) {
        ArtifactKey key = new ArtifactKey(orphan.key());
        try {
            store.delete(key);
        } catch (StorageException failure) {
            LOG.warn("{} belongs to no row and stays until the next sweep: {}", key, failure.getMessage());
            return false;
        }
        system.run(() -> rows.forget(key));
        listener.removed(RetentionListener.Deleted.ORPHAN, orphan.bytes());
        return true;
    }
}
