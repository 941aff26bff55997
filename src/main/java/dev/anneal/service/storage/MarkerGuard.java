package dev.anneal.service.storage;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a store is still the one that this process has started with. A folder without the marker is a mount point whose disk is gone, or another
 * folder in its place: what was written there would be lost, and what is missing there may be safe elsewhere. Costs reading one small file.
 */
final class MarkerGuard {

    private final StoreMarker marker;
    private volatile @Nullable Predicate<String> isOurs;

    MarkerGuard(StoreMarker marker) {
        this.marker = marker;
    }

    /** From now on the store is there only while the text of its marker passes this. */
    void expect(Predicate<String> ofOurs) {
        isOurs = ofOurs;
    }

    /** @throws StorageException {@code ABSENT} if the store is not there */
    void require() {
        Predicate<String> expected = isOurs;
        if (expected == null) {
            return;
        }
        Optional<String> found = marker.read();
        if (found.isEmpty()) {
            throw new StorageException(
                    StorageException.Kind.ABSENT,
                    "the artifact store, %s, is not there: it has no marker %s; is its disk mounted?"
                            .formatted(marker.place(), StoreMarker.NAME),
                    null);
        }
        if (!expected.test(found.get())) {
            throw new StorageException(
                    StorageException.Kind.ABSENT,
                    "another store is in the place of the artifact store, %s: its marker %s does not name this installation any more"
                            .formatted(marker.place(), StoreMarker.NAME),
                    null);
        }
    }
}
