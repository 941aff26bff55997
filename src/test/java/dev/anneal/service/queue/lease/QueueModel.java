package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkState;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The queue's rules over several work items, in memory and without SQL: whose turn it is, and which workers are lost.
 */
final class QueueModel {

    private final LeaseProperties properties;
    private final SortedMap<Long, WorkModel> items = new TreeMap<>();
    private long time;

    QueueModel(LeaseProperties properties) {
        this.properties = properties;
    }

    void enqueue(long id, NewWork work, boolean validating) {
        items.put(id, new WorkModel(work, validating, properties, () -> ++time));
    }

    WorkModel work(long id) {
        return Objects.requireNonNull(items.get(id));
    }

    WorkModel work(Lease lease) {
        return work(lease.workId());
    }

    /**
     * Claims for a slot: of the tenants below their limit that which runs least, among these that whose last claim is
     * oldest; of its work that of the highest priority, among these the oldest.
     */
    Optional<Long> claim(String worker, Slot slot) {
        Optional<Long> next = items.entrySet().stream()
                .filter(entry -> isClaimable(entry.getValue(), slot))
                .min(Map.Entry.comparingByValue(Comparator.comparing(this::runningOfTenant)
                        .thenComparing(this::lastClaimOfTenant)
                        .thenComparing(WorkModel::tenant)
                        .thenComparing(WorkModel::priority)
                        .thenComparing(WorkModel::queuedAt)))
                .map(Map.Entry::getKey);
        next.ifPresent(id -> work(id).claim(worker));
        return next;
    }

    private boolean isClaimable(WorkModel work, Slot slot) {
        return work.state() == WorkState.QUEUED
                && work.slot() == slot
                && runningOfTenant(work) < properties.tenantRunningLimit();
    }

    private long runningOfTenant(WorkModel work) {
        return besides(work).filter(other -> other.state() == WorkState.RUNNING).count();
    }

    private long lastClaimOfTenant(WorkModel work) {
        return besides(work).mapToLong(WorkModel::claimedAt).max().orElse(0);
    }

    /** Work of the same tenant and slot. */
    private Stream<WorkModel> besides(WorkModel work) {
        return items.values().stream()
                .filter(other -> other.tenant().equals(work.tenant()) && other.slot() == work.slot());
    }

    /** The leases of these that are valid. */
    Map<Lease, Optional<Wish>> heartbeat(Collection<Lease> leases) {
        Map<Lease, Optional<Wish>> valid = new HashMap<>();
        leases.forEach(lease -> work(lease).heartbeat(lease).ifPresent(held -> valid.put(lease, held.wish())));
        return valid;
    }

    /** Ends every attempt whose lease has expired, and returns the new states. */
    Map<Long, WorkState> rescue() {
        Map<Long, WorkState> rescued = new HashMap<>();
        items.forEach((id, work) -> {
            if (work.hasExpired()) {
                rescued.put(id, work.rescue(isLostWithOtherWork(work)));
            }
        });
        return rescued;
    }

    private boolean isLostWithOtherWork(WorkModel work) {
        String worker = work.worker();
        return items.values().stream()
                .anyMatch(other -> other.hasLost(worker)
                        || (other != work
                                && other.hasExpired()
                                && other.worker().equals(worker)));
    }

    /** What is compared of each item. */
    Map<Long, String> rows() {
        Map<Long, String> rows = new TreeMap<>();
        items.forEach((id, work) -> rows.put(id, work.toString()));
        return rows;
    }

    boolean isSound() {
        return items.values().stream().allMatch(WorkModel::isSound);
    }
}
