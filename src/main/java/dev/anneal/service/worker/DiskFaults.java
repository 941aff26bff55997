package dev.anneal.service.worker;

import dev.anneal.engine.format.file.DiskFull;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.queue.WorkError;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients read of faults of the worker's own disk. */
final class DiskFaults {

    private static final Logger LOG = LoggerFactory.getLogger(DiskFaults.class);

    static final WorkError FULL = WorkError.ofEnvironment("disk_full", "The worker's own disk has no room left.");

    private static final WorkError NOT_WRITABLE =
            WorkError.ofEnvironment("worker_disk_failed", "The worker's own disk cannot be written to.");

    private DiskFaults() {}

    /** The fault of the disk that holds the engine processes' folders; empty if it has none. */
    static Optional<WorkError> in(EngineLauncher launcher) {
        try {
            launcher.tryFolder();
            return Optional.empty();
        } catch (IOException failure) {
            LOG.debug("The worker's own disk is looked at", failure);
            return Optional.of(DiskFull.isCauseOf(failure) ? FULL : NOT_WRITABLE);
        }
    }
}
