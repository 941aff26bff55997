package dev.anneal.service.worker;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Lease;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The devices of a class of a worker's slots. Work takes all devices that it needs together with its claim, or none, so
 * that two trainings never wait for each other's. Thread-safe.
 */
final class WorkerDevices {

    private final Slot kind;
    private final List<String> names;
    private final BitSet free = new BitSet();
    private final Lock claiming = new ReentrantLock();

    /** Held by processes that could not be ended. */
    private final BitSet givenUp = new BitSet();

    private final Set<Lease> joined = new HashSet<>();

    /** @param names of the devices, which may be equal */
    WorkerDevices(Slot kind, List<String> names) {
        this.kind = kind;
        this.names = List.copyOf(names);
        free.set(0, names.size());
    }

    Slot kind() {
        return kind;
    }

    /** Number of devices, free or used, but not given up. */
    synchronized int count() {
        return names.size() - givenUp.cardinality();
    }

    /** The same of those that can work together with a device: CUDA devices with each other, or CPUs. */
    synchronized int countLike(int device) {
        return (int) like(device).filter(other -> !givenUp.get(other)).count();
    }

    private IntStream like(int device) {
        return IntStream.range(0, names.size()).filter(other -> kindOf(other).equals(kindOf(device)));
    }

    private String kindOf(int device) {
        return names.get(device).replaceFirst(":.*", "");
    }

    synchronized boolean isFree(int device) {
        return free.get(device);
    }

    /** Work of other workers that some of the devices take part in. */
    synchronized Set<Long> joined() {
        return joined.stream().map(Lease::workId).collect(Collectors.toSet());
    }

    synchronized boolean isAnyGivenUp() {
        return !givenUp.isEmpty();
    }

    /**
     * A claim with the devices of this worker.
     *
     * @param numbers of the devices, that of the claiming slot first
     */
    record Taken(Claim claim, List<Integer> numbers, List<String> names) {}

    /**
     * Claims work for a device, if that is free, and takes as many others like it as the work needs. One claim at a
     * time, so that no device is counted as free twice; meanwhile others can be given back.
     *
     * @param device number of the device
     * @param claim claims work for at most so many devices
     */
    Optional<Taken> claim(int device, IntFunction<Optional<Claim>> claim) {
        claiming.lock();
        try {
            int count = freeLike(device);
            return count == 0 ? Optional.empty() : claim.apply(count).map(claimed -> take(device, claimed));
        } finally {
            claiming.unlock();
        }
    }

    /** Number of free devices like this one; 0 if it is not free itself. */
    private synchronized int freeLike(int device) {
        return free.get(device) ? (int) like(device).filter(free::get).count() : 0;
    }

    private synchronized Taken take(int device, Claim claimed) {
        List<Integer> numbers = IntStream.concat(
                        IntStream.of(device), like(device).filter(other -> other != device && free.get(other)))
                .limit(claimed.part().devices())
                .boxed()
                .toList();
        numbers.forEach(free::clear);
        if (claimed.part().isMember()) {
            joined.add(claimed.lease());
        }
        return new Taken(claimed, numbers, numbers.stream().map(names::get).toList());
    }

    synchronized void giveBack(Taken taken) {
        taken.numbers().forEach(free::set);
        // A later attempt of the same work may have joined before the processes of this one have ended.
        joined.remove(taken.claim().lease());
        taken.numbers().forEach(givenUp::clear);
    }

    /** Of devices that a process may hold that could not be ended, until they are given back. */
    synchronized void giveUp(Taken taken) {
        taken.numbers().forEach(givenUp::set);
    }
}
