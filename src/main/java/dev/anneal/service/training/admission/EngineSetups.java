package dev.anneal.service.training.admission;

import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.WorkerStates;

/**
 * The expected set-up of the engine process that will train.
 *
 * @param otherwise assumed while no worker runs
 */
public record EngineSetups(WorkerStates workers, EngineSetup otherwise) {

    /** That of the newest worker: those of an installation are assumed to be alike. In a transaction of any role. */
    public EngineSetup current() {
        return workers.newestEngine().orElse(otherwise);
    }
}
