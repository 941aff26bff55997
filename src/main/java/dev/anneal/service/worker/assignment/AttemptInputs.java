package dev.anneal.service.worker.assignment;

import dev.anneal.service.storage.LocalCopy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files fetched to this machine for an attempt. They stay until the attempt has ended. */
public final class AttemptInputs implements AutoCloseable {

    private final List<LocalCopy> copies = new ArrayList<>();
    private final TransferGuard guard;

    public AttemptInputs(TransferGuard guard) {
        this.guard = guard;
    }

    /** To be asked every few seconds while inputs are fetched, so that the attempt does not count as hung. */
    TransferGuard guard() {
        return guard;
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
