package dev.anneal.service.queue;

import dev.anneal.service.access.quota.TestQuotas;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import java.util.List;

/** This module's parts on the tests' database, for tests of the modules above it. */
public final class TestWorkQueues {

    /** How workers set up their trainings. */
    public static final EngineSetup ENGINE = new EngineSetup("cpu", "auto", true, 2);

    private TestWorkQueues() {}

    /** @param listener told of what has ended for good */
    public static WorkEnds ends(WorkEndListener listener) {
        return new WorkEnds(List.of(listener));
    }

    public static WorkQueue queue(WorkEnds ends) {
        return new WorkQueue(TestDatabase.jdbc(), ends, TestQuotas.unlimited());
    }

    public static WorkerStates states() {
        return new WorkerStates(TestDatabase.jdbc(), TestDatabase.system());
    }

    public static QueueNumbers numbers() {
        return new QueueNumbers(TestDatabase.jdbc(), TestDatabase.system());
    }
}
