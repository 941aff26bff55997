package dev.anneal.service.queue.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkerProcess;
import java.util.Set;
import java.util.UUID;

/** Workers that ask for work, each with a process of its name. */
public final class Claimants {

    private Claimants() {}

    /** A worker with one device. */
    public static Claimant of(String worker, Slot slot, Set<String> methods, Set<String> lackingModels) {
        return of(worker, slot, methods, lackingModels, 1, 1);
    }

    public static Claimant of(
            String worker, Slot slot, Set<String> methods, Set<String> lackingModels, int devices, int free) {
        WorkerProcess process = new WorkerProcess(UUID.nameUUIDFromBytes(worker.getBytes(UTF_8)), worker);
        return new Claimant(process, slot, methods, lackingModels, devices, free, Set.of());
    }
}
