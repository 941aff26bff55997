package dev.anneal.service.worker;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The devices of a class of a worker's slots. Work takes all devices that it needs together with its claim, or none, so
 * that two trainings never wait for each other's. Thread-safe.
 */
final class WorkerDevices {

    private final Slot kind;
    private final List<String> names;
    private final BitSet free = new BitSet();

    /** Held by processes that could not be ended. */
    private final BitSet givenUp = new BitSet();

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

    synchronized boolean isFree(int device) {
        return free.get(device);
    }

    synchronized boolean isAnyGivenUp() {
        return !givenUp.isEmpty();
    }

    /**
     * A claim and its devices.
     *
     * @param numbers of the devices, that of the claiming slot first
     */
    record Taken(Claim claim, List<Integer> numbers, List<String> names) {}

    /**
     * Claims work for a device, if that is free, and takes as many others as the work needs. One claim at a time, so
     * that no device is counted as free twice.
     *
     * @param device number of the device
     * @param claim claims work for at most so many devices
     */
    synchronized Optional<Taken> claim(int device, IntFunction<Optional<Claim>> claim) {
        if (!free.get(device)) {
            return Optional.empty();
        }
        return claim.apply(free.cardinality()).map(claimed -> take(device, claimed));
    }

    private Taken take(int device, Claim claimed) {
        List<Integer> numbers = new ArrayList<>();
        free.clear(device);
        numbers.add(device);
        for (int other = free.nextSetBit(0); numbers.size() < claimed.devices(); other = free.nextSetBit(other + 1)) {
            free.clear(other);
            numbers.add(other);
        }
        return new Taken(claimed, numbers, numbers.stream().map(names::get).toList());
    }

    synchronized void giveBack(Taken taken) {
        taken.numbers().forEach(free::set);
        taken.numbers().forEach(givenUp::clear);
    }

    /** Of devices that a process may hold that could not be ended, until they are given back. */
    synchronized void giveUp(Taken taken) {
        taken.numbers().forEach(givenUp::set);
    }
}
