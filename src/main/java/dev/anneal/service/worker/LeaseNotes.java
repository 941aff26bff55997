package dev.anneal.service.worker;

import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Rescuer;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Notes of a worker's leases on its host's disk. A worker that starts there ends those of a dead one at once; without a note, its work
 * waits until the lease has expired. The notes only save that time, so a failure to write them stops nothing.
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
            for (String name : workspace.abandoned()) {
                rescuer.rescueAbandoned(lease(name));
                workspace.settle(name);
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("Cannot read what dead workers of this host held; it is rescued when its leases expire", e);
        } catch (DataAccessException | TransactionException unreachable) {
            LOG.warn(
                    "Work of dead workers of this host is rescued when its leases expire: {}",
                    unreachable.getMessage());
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
