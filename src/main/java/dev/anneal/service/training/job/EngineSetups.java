package dev.anneal.service.training.job;

import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.machine.Machines;
import dev.anneal.service.training.settings.EngineSetup;
import java.util.Optional;

/**
 * The expected set-up of the engine process that will train.
 *
 * @param otherwise set-up assumed until a worker has measured its machine
 */
public record EngineSetups(Machines machines, EngineSetup otherwise) {

    /** Requires a transaction of any role. */
    EngineSetup current() {
        return of(machines.newest());
    }

    public EngineSetup of(Optional<Machine> machine) {
        return machine.map(measured -> new EngineSetup(
                        measured.setup().precision(),
                        measured.multipliesBf16Fast(),
                        measured.setup().threads()))
                .orElse(otherwise);
    }
}
