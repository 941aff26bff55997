package dev.anneal.service.storage;

import dev.anneal.service.platform.database.TestDatabase;

/** Gives tests of other modules what the application looks at before it sweeps. */
public final class TestOwnership {

    private TestOwnership() {}

    /** Marks the store as that of the tests' database. */
    public static void claim(ArtifactStore store) {
        of(store).claim();
    }

    public static StoreOwnership of(ArtifactStore store) {
        return new StoreOwnership(TestDatabase.jdbc(), TestDatabase.system(), store.marker(), null);
    }
}
