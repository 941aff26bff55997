package dev.anneal.service.worker.assignment;

import dev.anneal.service.storage.LocalCopy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What was brought to this machine for an attempt. It stays here until the attempt has ended. */
public final class AttemptInputs implements AutoCloseable {

    private final List<LocalCopy> copies = new ArrayList<>();
    private final BooleanSupplier goesOn;

    /** @param goesOn told now and then that inputs are still being brought; says whether they are still wanted */
    public AttemptInputs(BooleanSupplier goesOn) {
        this.goesOn = goesOn;
    }

    /** Whether what is being brought is still wanted; to be asked each second or more often, so that the attempt does not count as hung. */
    boolean areWanted() {
        return goesOn.getAsBoolean();
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
