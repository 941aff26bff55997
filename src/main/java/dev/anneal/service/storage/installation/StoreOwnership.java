package dev.anneal.service.storage.installation;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreMarker;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whether the artifact store is that of the installation whose database this process uses. Two that shared a store would take each other's artifacts for
 * orphans and delete them.
 */
public final class StoreOwnership {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOwnership.class);

    private static final String FIND = "SELECT id, store_marked_at IS NOT NULL AS has_marked FROM installation";

    private static final String REMEMBER = """
            UPDATE installation
            SET store_marked_at = clock_timestamp()
            WHERE store_marked_at IS NULL
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final StoreMarker marker;
    private final @Nullable UUID predecessor;

    /** @param predecessor installation whose store may be taken over; this one, if it may begin with an empty store again */
    StoreOwnership(JdbcClient jdbc, SystemDatabase system, StoreMarker marker, @Nullable UUID predecessor) {
        this.jdbc = jdbc;
        this.system = system;
        this.marker = marker;
        this.predecessor = predecessor;
    }

    /**
     * Marks the first store of an installation, and one whose installation may be taken over. An installation that has marked a store before is not given an
     * empty one: that is a disk that is not mounted.
     *
     * @return what the marker says
     * @throws StartRefusedException if the store is another installation's, has lost its marker, or its marker can be neither read nor written
     */
    String claim() {
        // Before the marker is looked for: who finds that there is one finds it.
        Installation own = installation();
        try {
            if (look(own.id()).isPresent()) {
                mark(own);
            }
            // What is there now: of several that mark a store at a time one is first, or last.
            look(own.id()).ifPresent(objection -> {
                throw unusable(objection);
            });
            system.run(() -> jdbc.sql(REMEMBER).update());
            return marker.read().orElseThrow(() -> unusable(Objection.unmarked(marker.place())));
        } catch (StorageException failure) {
            throw new StartRefusedException(
                    "The marker of the artifact store can be neither read nor written: " + failure.getMessage(),
                    "Let this process read and write in the store (docs/storage.md).",
                    failure);
        }
    }

    private static StartRefusedException unusable(Objection objection) {
        return new StartRefusedException(objection.reason(), objection.remedy());
    }

    private void mark(Installation installation) {
        UUID own = installation.id();
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            if (installation.hasMarked() && !own.equals(predecessor)) {
                throw unusable(Objection.lost(marker.place(), own));
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
        return look(installation().id()).map(Objection::reason);
    }

    private Optional<Objection> look(UUID own) {
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            return Optional.of(Objection.unmarked(marker.place()));
        }
        return MarkerText.read(found.get())
                .map(theirs -> objection(theirs, own))
                .orElseGet(() -> Optional.of(Objection.unreadable(marker.place(), own)));
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

    /** @param hasMarked whether there has been a store with its marker */
    private record Installation(UUID id, boolean hasMarked) {}

    private Installation installation() {
        return system.call(() -> jdbc.sql(FIND)
                        .query((row, number) ->
                                new Installation(row.getObject("id", UUID.class), row.getBoolean("has_marked")))
                        .optional())
                .orElseThrow(() -> new StartRefusedException(
                        "The table installation of the database has no row, so nobody knows whose the artifact store is.",
                        "Restore the row with the database's other ones. Where it is lost, the id is in the store's marker %s: INSERT INTO installation (id) VALUES ('…') as the owner of the tables."
                                .formatted(StoreMarker.NAME)));
    }
}
