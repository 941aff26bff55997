package dev.anneal.service.worker;

import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Rescuer;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes of a worker's leases on its host's disk. A worker that starts there ends those of a dead one at once; without a
 * note, its work waits until the lease has expired. The notes only save that time, so a failure to write them stops
 * nothing.
 */
final class LeaseNotes {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseNotes.class);

    private final EngineWorkspace workspace;
    private final Rescuer rescuer;

    LeaseNotes(EngineWorkspace workspace, Rescuer rescuer) {
        this.workspace = workspace;
        this.rescuer = rescuer;
    }

    void hold(Lease lease) {
        try {
            workspace.hold(nameOf(lease));
        } catch (IOException e) {
            LOG.warn("The lease of work {} is not noted on the disk", lease.workId(), e);
        }
    }

    void drop(Lease lease) {
        try {
            workspace.drop(nameOf(lease));
        } catch (IOException e) {
            LOG.warn("The note of the lease of work {} stays; it has no effect", lease.workId(), e);
        }
    }

    /** Ends the attempts of dead workers of this host. What fails is left to the scan for expired leases. */
    void rescueAbandoned() {
        try {
            workspace.abandoned().forEach(this::rescue);
        } catch (IOException e) {
            LOG.warn("Cannot read what dead workers of this host held; it is rescued when its leases expire", e);
        }
    }

    /** One that fails, for whatever reason, keeps neither the others waiting nor the worker from starting. */
    private void rescue(String name) {
        try {
            rescuer.rescueAbandoned(lease(name));
        } catch (RuntimeException failure) {
            LOG.warn("The work of a dead worker of this host, {}, is rescued when its lease expires", name, failure);
        }
        try {
            workspace.settle(name);
        } catch (IOException e) {
            LOG.warn("The note {} of a dead worker stays; it has no effect", name, e);
        }
    }

    private static String nameOf(Lease lease) {
        return "%d_%d_%s".formatted(lease.workId(), lease.token(), lease.nonce());
    }

    private static Lease lease(String name) {
        String[] parts = name.split("_", 3);
        if (parts.length < 3) {
            throw new IllegalArgumentException("not the name of a lease: " + name);
        }
        return new Lease(Long.parseLong(parts[0]), Long.parseLong(parts[1]), UUID.fromString(parts[2]));
    }
}
