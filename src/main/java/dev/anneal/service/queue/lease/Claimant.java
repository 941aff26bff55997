package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkerProcess;
import java.util.Set;

/**
 * A worker that asks for work.
 *
 * @param methods methods that it supports; other work is left to others
 * @param lackingModels base models that it does not have; their work is left to others
 * @param devices number of devices that it has for the slot
 * @param free number of them that are free
 * @param joined work of others that it takes part in
 */
public record Claimant(
        WorkerProcess worker,
        Slot slot,
        Set<String> methods,
        Set<String> lackingModels,
        int devices,
        int free,
        Set<Long> joined) {

    /** Whether it trains with other workers. */
    public boolean hasGroup() {
        return slot == Slot.TRAINING && !worker.group().isEmpty();
    }
}
