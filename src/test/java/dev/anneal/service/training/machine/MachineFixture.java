package dev.anneal.service.training.machine;

import dev.anneal.service.platform.database.TestDatabase;

/** The module's types on the tests' database. */
public final class MachineFixture {

    private MachineFixture() {}

    public static Machines machines() {
        return new Machines(TestDatabase.jdbc(), TestDatabase.system());
    }
}
