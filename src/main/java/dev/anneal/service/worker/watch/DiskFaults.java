package dev.anneal.service.worker.watch;

import dev.anneal.engine.format.file.DiskFull;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.queue.WorkError;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages to clients about faults of the worker's disk. */
public final class DiskFaults {

    private static final Logger LOG = LoggerFactory.getLogger(DiskFaults.class);

    public static final WorkError FULL = WorkError.ofEnvironment("disk_full", "The worker's disk has no space left.");

    private static final WorkError NOT_WRITABLE =
            WorkError.ofEnvironment("worker_disk_failed", "The worker's disk cannot be written to.");

    private DiskFaults() {}

    /** A fault of the disk with the engine processes' folders; empty if there is none. */
    static Optional<WorkError> in(EngineLauncher launcher) {
        try {
            launcher.tryFolder();
            return Optional.empty();
        } catch (IOException failure) {
            LOG.debug("The worker's disk could not be checked", failure);
            return Optional.of(DiskFull.isCauseOf(failure) ? FULL : NOT_WRITABLE);
        }
    }
}
