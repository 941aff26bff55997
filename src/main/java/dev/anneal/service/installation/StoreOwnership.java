package dev.anneal.service.installation;

import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreMarker;
import dev.anneal.service.storage.UnusableStoreException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the artifact store is that of the installation whose database this process uses. Two that shared a store would take each other's artifacts for
 * orphans and delete them.
 */
public final class StoreOwnership {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOwnership.class);

    private static final String FIND = "SELECT id FROM installation";

    private final SystemDatabase system;
    private final StoreMarker marker;
    private final @Nullable UUID predecessor;

    /** @param predecessor installation whose store may be taken over */
    StoreOwnership(SystemDatabase system, StoreMarker marker, @Nullable UUID predecessor) {
        this.system = system;
        this.marker = marker;
        this.predecessor = predecessor;
    }

    /**
     * Marks a store that has no marker, and one whose installation may be taken over.
     *
     * @throws UnusableStoreException if the store is another installation's, or its marker can be neither read nor written
     */
    void claim() {
        UUID own = own();
        try {
            if (look(own).isEmpty()) {
                return;
            }
            mark(own);
            // What is there now: of several that mark a store at a time one is first, or last.
            look(own).ifPresent(objection -> {
                throw new UnusableStoreException(objection.reason(), objection.remedy(), null);
            });
        } catch (StorageException failure) {
            throw new UnusableStoreException(
                    "The marker of the artifact store can be neither read nor written: " + failure.getMessage(),
                    "Let this process read and write in the store (docs/storage.md).",
                    failure);
        }
    }

    private void mark(UUID own) {
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            LOG.info("The artifact store, {}, has no marker yet; installation {} marks it", marker.place(), own);
            marker.create(MarkerText.of(own).json());
            return;
        }
        found.flatMap(MarkerText::read)
                .filter(theirs -> theirs.installation().equals(predecessor))
                .filter(theirs -> !theirs.former().contains(own))
                .ifPresent(theirs -> takeOver(theirs, own));
    }

    private void takeOver(MarkerText theirs, UUID own) {
        marker.replace(theirs.takenOverBy(own).json());
        LOG.warn(
                "The artifact store, {}, was that of installation {} and is now that of {}",
                marker.place(),
                theirs.installation(),
                own);
    }

    /**
     * Says why nothing in the store may be taken for an orphan; empty if the marker names this installation. Asks database and store, either of which may
     * have been replaced since the process started.
     *
     * @throws StorageException if the store does not answer
     */
    public Optional<String> objection() {
        return look(own()).map(Objection::reason);
    }

    private Optional<Objection> look(UUID own) {
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            return Optional.of(Objection.unmarked(marker.place()));
        }
        return MarkerText.read(found.get())
                .map(theirs -> objection(theirs, own))
                .orElseGet(() -> Optional.of(Objection.unreadable(marker.place())));
    }

    private Optional<Objection> objection(MarkerText theirs, UUID own) {
        if (theirs.installation().equals(own)) {
            return Optional.empty();
        }
        return Optional.of(
                theirs.former().contains(own)
                        ? Objection.takenOver(marker.place(), theirs.installation(), own)
                        : Objection.foreign(marker.place(), theirs.installation(), own));
    }

    private UUID own() {
        return system.call(jdbc -> jdbc.sql(FIND).query(UUID.class).optional())
                .orElseThrow(() -> new UnusableStoreException(
                        "The table installation of the database has no row, so nobody knows whose the artifact store is.",
                        "Restore the row with the database's other ones. Where it is lost, the id is in the store's marker %s: INSERT INTO installation (id) VALUES ('…') as the owner of the tables."
                                .formatted(StoreMarker.NAME),
                        null));
    }
}
