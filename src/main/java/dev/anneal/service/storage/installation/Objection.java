package dev.anneal.service.storage.installation;

import dev.anneal.service.storage.StoreMarker;
import java.util.UUID;

/**
 * Why a store is not this installation's.
 *
 * @param remedy what an operator is to do before a process starts on it
 */
record Objection(String reason, String remedy) {

    private static final String OWN_STORE =
            "Give this installation a store of its own (anneal.storage.directory, or anneal.storage.s3.bucket or prefix):"
                    + " two that share one delete each other's artifacts. ";

    static Objection foreign(String place, UUID other, UUID own) {
        return new Objection(
                "The artifact store, %s, belongs to another installation: its marker %s names %s, but this database is that of %s."
                        .formatted(place, StoreMarker.NAME, other, own),
                OWN_STORE
                        + "If the other one is no more and its store is to be this one's, start with anneal.storage.adopt-from=%s (docs/storage.md)."
                                .formatted(other));
    }

    static Objection takenOver(String place, UUID other, UUID own) {
        return new Objection(
                "The artifact store, %s, was taken over from this installation, %s: its marker %s names %s."
                        .formatted(place, own, StoreMarker.NAME, other),
                OWN_STORE
                        + "If the other one is no more and the store is to be this one's again, delete the marker, and start with anneal.storage.adopt-from=%s (docs/storage.md)."
                                .formatted(own));
    }

    /** Where there was a store. */
    static Objection lost(String place, UUID own) {
        return new Objection(
                "The artifact store, %s, is not there: this installation, %s, has a store, but in this place is no marker %s."
                        .formatted(place, own, StoreMarker.NAME),
                "Mount the store's disk, or correct anneal.storage.directory, or anneal.storage.s3.bucket or prefix. If the store is lost and"
                        + " its files are not to be had any more, begin with an empty one: start with anneal.storage.adopt-from=%s (docs/storage.md)."
                                .formatted(own));
    }

    static Objection unreadable(String place, UUID own) {
        return new Objection(
                "The artifact store, %s, has a marker %s that names no installation."
                        .formatted(place, StoreMarker.NAME),
                OWN_STORE
                        + "If this one is its own, delete the marker, and start with anneal.storage.adopt-from=%s (docs/storage.md)."
                                .formatted(own));
    }

    static Objection unmarked(String place) {
        return new Objection(
                "The artifact store, %s, has no marker %s.".formatted(place, StoreMarker.NAME),
                "Mount the store's disk, or start this process again, which says what to do (docs/storage.md).");
    }
}
