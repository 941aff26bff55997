package dev.anneal.service.queue;

import dev.anneal.service.access.quota.TestQuotas;
import dev.anneal.service.access.quota.TrainingUsage;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import java.util.function.Consumer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** This module's parts on the tests' database, for tests of the modules above it. */
public final class TestWorkQueues {

    /** How workers set up their trainings. */
    public static final EngineSetup ENGINE = new EngineSetup("cpu", "auto", true, 2);

    private TestWorkQueues() {}

    /** @param listener told of what has ended for good, once the transaction is committed */
    public static ApplicationEventPublisher ends(Consumer<WorkEnd> listener) {
        return event -> {
            if (event instanceof WorkEnd end && end.state().isFinal()) {
                TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                        listener.accept(end);
                    }
                });
            }
        };
    }

    public static WorkQueue queue(ApplicationEventPublisher events) {
        return new WorkQueue(TestDatabase.jdbc(), events, TestQuotas.unlimited());
    }

    public static WorkerStates states() {
        return new WorkerStates(TestDatabase.jdbc(), TestDatabase.system());
    }

    public static QueueNumbers numbers() {
        return new QueueNumbers(TestDatabase.jdbc(), TestDatabase.system());
    }

    public static TrainingUsage usage() {
        return new TrainingWork(TestDatabase.jdbc());
    }
}
