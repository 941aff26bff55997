package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StoredUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Notes orphans among the objects that a sweep lists, in batches: memory use does not depend on the size of the store.
 */
final class OrphanNotes {

    private static final int BATCH = 500;

    /** Further ones are noted by a later sweep, when these are deleted. */
    private static final int MOST = 10_000;

    private final SystemDatabase system;
    private final String begin;
    private final OrphanRows rows;
    private final Map<StoredUnit, Long> seen = new LinkedHashMap<>();
    private int noted;

    /**
     * @param begin start of the sweep
     */
    OrphanNotes(SystemDatabase system, String begin, OrphanRows rows) {
        this.system = system;
        this.begin = begin;
        this.rows = rows;
    }

    void visit(ArtifactStore.Entry entry) {
        StoredUnit.of(entry.key()).ifPresent(unit -> seen.merge(unit, entry.bytes(), Long::sum));
        if (seen.size() > BATCH) {
            note();
        }
    }

    /** Called when the whole store has been listed. */
    void finish() {
        note();
        system.run(() -> rows.forgetUnseen(begin));
    }

    private void note() {
        if (noted < MOST) {
            system.run(() -> {
                Set<String> unnamed = rows.unnamed(seen.keySet());
                Map<String, Long> orphans = new LinkedHashMap<>();
                seen.forEach((unit, bytes) -> {
                    if (unnamed.contains(unit.key().value())) {
                        orphans.put(unit.key().value(), bytes);
                    }
                });
                rows.note(orphans, begin);
                noted += orphans.size();
            });
        }
        seen.clear();
    }

    int noted() {
        return noted;
    }
}
