package dev.anneal.service.queue;

import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Notifies listeners of ends after their commit. */
@Component
public final class WorkEnds {

    private final List<WorkEndListener> listeners;

    WorkEnds(List<WorkEndListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** Call it within the transaction that ends the work. Rollbacks and states that are not final are not announced. */
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
