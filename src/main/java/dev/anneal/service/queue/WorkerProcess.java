package dev.anneal.service.queue;

import java.util.UUID;

/**
 * A running worker.
 *
 * @param id distinguishes processes with the same name
 * @param name name for clients
 * @param group workers of one group train jobs together that need more devices than each of them has; empty: this
 *     worker alone
 */
public record WorkerProcess(UUID id, String name, String group) {

    /** A worker that trains with no other. */
    public WorkerProcess(UUID id, String name) {
        this(id, name, "");
    }
}
