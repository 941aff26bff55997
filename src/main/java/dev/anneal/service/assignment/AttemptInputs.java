package dev.anneal.service.assignment;

import dev.anneal.service.storage.LocalCopy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was brought to this machine for an attempt. It stays here until the attempt has ended. */
public final class AttemptInputs implements AutoCloseable {

    private final List<LocalCopy> copies = new ArrayList<>();

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
