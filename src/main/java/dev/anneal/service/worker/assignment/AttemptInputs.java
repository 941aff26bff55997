package dev.anneal.service.worker.assignment;

import dev.anneal.service.storage.LocalCopy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Files fetched to this machine for an attempt. They stay until the attempt has ended. */
public final class AttemptInputs implements AutoCloseable {

    private final List<LocalCopy> copies = new ArrayList<>();
    private final BooleanSupplier goesOn;

    /** @param goesOn called regularly while inputs are fetched; returns whether they are still wanted */
    public AttemptInputs(BooleanSupplier goesOn) {
        this.goesOn = goesOn;
    }

    /** Whether the inputs are still wanted. Ask every few seconds while fetching, so that the attempt does not count as hung. */
    boolean areWanted() {
        return goesOn.getAsBoolean();
    }

    /** Likewise, for transfers from the store. */
    void requireWanted() {
        if (!areWanted()) {
            throw new UnwantedTransferException();
        }
    }

    Path keep(LocalCopy copy) {
        copies.add(copy);
        return copy.path();
    }

    @Override
    public void close() {
        copies.forEach(LocalCopy::close);
        copies.clear();
    }
}
