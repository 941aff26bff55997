package dev.anneal.service.storage;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether the artifact store belongs to the installation whose database this process uses: the database and the store's
 * marker must name the same id. Two installations that share a store would delete each other's artifacts as orphans.
 */
public final class StoreOwnership {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOwnership.class);

    private static final String FIND = "SELECT id, store_marked_at IS NOT NULL AS has_marked FROM installation";

    private static final String REMEMBER = """
            UPDATE installation
            SET store_marked_at = clock_timestamp()
            WHERE store_marked_at IS NULL
            """;

    private static final String OWN_STORE =
            "Give this installation a store of its own (anneal.storage.directory, or anneal.storage.s3.bucket or"
                    + " prefix): two that share one delete each other's artifacts. ";

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final StoreMarker marker;
    private final @Nullable UUID predecessor;

    /**
     * @param predecessor installation whose store may be taken over; this one's own id if it may start again with an
     *     empty store
     */
    StoreOwnership(JdbcClient jdbc, SystemDatabase system, StoreMarker marker, @Nullable UUID predecessor) {
        this.jdbc = jdbc;
        this.system = system;
        this.marker = marker;
        this.predecessor = predecessor;
    }

    /**
     * Marks the first store of an installation, and a store that may be taken over. An installation that has marked a
     * store before does not mark an empty one: its disk may not be mounted.
     *
     * @return id of the installation
     * @throws StartRefusedException if the store belongs to another installation, has lost its marker, or its marker
     *     can be neither read nor written
     */
    UUID claim() {
        // Read before the marker: a store that was marked meanwhile then has its marker.
        Installation own = installation();
        try {
            if (objection(own.id()).isPresent()) {
                mark(own);
                // Read again: another process may have marked the store at the same time.
                objection(own.id()).ifPresent(objection -> {
                    throw objection;
                });
            }
            system.run(() -> jdbc.sql(REMEMBER).update());
            return own.id();
        } catch (StorageException failure) {
            throw new StartRefusedException(
                    "The marker of the artifact store can be neither read nor written: " + failure.getMessage(),
                    "Let this process read and write in the store (docs/storage.md).",
                    failure);
        }
    }

    private void mark(Installation installation) {
        UUID own = installation.id();
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            if (installation.hasMarked() && !own.equals(predecessor)) {
                throw lost(own);
            }
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
                "The artifact store, {}, belonged to installation {} and now belongs to {}",
                marker.place(),
                theirs.installation(),
                own);
    }

    /**
     * Why nothing in the store may be treated as an orphan; empty if the marker names this installation. Reads database
     * and store, because either may have been replaced since the process started.
     *
     * @throws StorageException if the store does not answer
     */
    public Optional<String> objection() {
        return objection(installation().id()).map(StartRefusedException::getMessage);
    }

    /**
     * Why the store does not belong to an installation, and what an operator can do; empty if it does. Reads only the
     * marker.
     */
    Optional<StartRefusedException> objection(UUID own) {
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            return Optional.of(unmarked());
        }
        Optional<MarkerText> text = found.flatMap(MarkerText::read);
        if (text.isEmpty()) {
            return Optional.of(unreadable(own));
        }
        UUID owner = text.get().installation();
        if (owner.equals(own)) {
            return Optional.empty();
        }
        return Optional.of(text.get().former().contains(own) ? takenOver(owner, own) : foreign(owner, own));
    }

    private StartRefusedException foreign(UUID other, UUID own) {
        return new StartRefusedException(
                ("The artifact store, %s, belongs to another installation: its marker %s names %s, but this"
                                + " database is that of %s.")
                        .formatted(marker.place(), StoreMarker.NAME, other, own),
                OWN_STORE
                        + ("If the other one no longer exists and this one is to take over its store, start with"
                                        + " anneal.storage.adopt-from=%s (docs/storage.md).")
                                .formatted(other));
    }

    private StartRefusedException takenOver(UUID other, UUID own) {
        return new StartRefusedException(
                "The artifact store, %s, was taken over from this installation, %s: its marker %s names %s."
                        .formatted(marker.place(), own, StoreMarker.NAME, other),
                OWN_STORE
                        + ("If the other one no longer exists and this one is to have the store again, delete the"
                                        + " marker, and start with anneal.storage.adopt-from=%s (docs/storage.md).")
                                .formatted(own));
    }

    /** Refusal for an installation that has marked a store before. */
    private StartRefusedException lost(UUID own) {
        return new StartRefusedException(
                ("The artifact store, %s, is missing: this installation, %s, has a store, but this place has no"
                                + " marker %s.")
                        .formatted(marker.place(), own, StoreMarker.NAME),
                "Mount the store's disk, or correct anneal.storage.directory, or anneal.storage.s3.bucket or prefix."
                        + " If the store is lost and"
                        + (" its files cannot be recovered, begin with an empty one by starting with"
                                        + " anneal.storage.adopt-from=%s (docs/storage.md).")
                                .formatted(own));
    }

    private StartRefusedException unreadable(UUID own) {
        return new StartRefusedException(
                "The artifact store, %s, has a marker %s that names no installation."
                        .formatted(marker.place(), StoreMarker.NAME),
                OWN_STORE
                        + ("If this store belongs to this installation, delete the marker, and start with"
                                        + " anneal.storage.adopt-from=%s (docs/storage.md).")
                                .formatted(own));
    }

    private StartRefusedException unmarked() {
        return new StartRefusedException(
                "The artifact store, %s, has no marker %s; is its disk mounted?"
                        .formatted(marker.place(), StoreMarker.NAME),
                "Mount the store's disk, or restart this process, which then says what to do (docs/storage.md).");
    }

    /** @param hasMarked whether this installation has marked a store before */
    record Installation(UUID id, boolean hasMarked) {}

    private Installation installation() {
        return system.call(() -> jdbc.sql(FIND).query(Installation.class).optional())
                .orElseThrow(() -> new StartRefusedException(
                        "The table installation of the database has no row, so the owner of the artifact store is"
                                + " unknown.",
                        ("Restore the row with the rest of the database. If it is lost, the id is in the store's"
                                        + " marker %s: INSERT INTO installation (id) VALUES ('…') as the owner of the"
                                        + " tables.")
                                .formatted(StoreMarker.NAME)));
    }
}
