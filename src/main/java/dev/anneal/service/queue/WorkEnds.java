package dev.anneal.service.queue;

import java.util.List;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Passes ends on to those who want to know, once they are certain. */
public final class WorkEnds {

    private final List<WorkEndListener> listeners;

    WorkEnds(List<WorkEndListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** Within the transaction that brings the end about; what rolls back was none, and neither is a state that is not final. */
    public void announce(WorkEnd end) {
        if (end.state().isFinal()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    listeners.forEach(listener -> listener.ended(end));
                }
            });
        }
    }
}
