package dev.anneal.service.training.job;

import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.TestWorkQueues;

/** The module's types on the tests' database. */
public final class JobFixture {

    private JobFixture() {}

    public static JobStore store() {
        return new JobStore(TestDatabase.jdbc(), TestWorkQueues.queue(TestWorkQueues.ends(end -> {})));
    }
}
