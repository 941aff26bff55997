package dev.anneal.service.access.quota;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Slots for concurrent work of this process. One tenant gets only some of them, so that its slow endpoints do not block
 * others. Waiting requests get slots in order; a request never overtakes one that waits for the slots of all, and does
 * not wait for one whose tenant has no more of its share.
 */
public final class TenantSlots {

    private final int most;
    private final int mostOfTenant;
    private final Map<String, Integer> takenByTenant = new HashMap<>();
    private final List<Request> line = new ArrayList<>();
    private int taken;

    public TenantSlots(int most, int mostOfTenant) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
    }

    /** A request in line, equal to no other. */
    private static final class Request {

        private final String tenantId;
        private final int slots;

        Request(String tenantId, int slots) {
            this.tenantId = tenantId;
            this.slots = slots;
        }
    }

    public int mostOfTenant() {
        return mostOfTenant;
    }

    /** Takes a slot if one is free, which the caller must give back. */
    public boolean take(String tenantId) {
        return take(tenantId, 1, Duration.ZERO);
    }

    /**
     * @param patience how long to wait in line; zero not to wait
     * @return whether enough slots became free in that time, which the caller must give back
     */
    public synchronized boolean take(String tenantId, int slots, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        Request own = new Request(tenantId, slots);
        line.add(own);
        try {
            for (long left = patience.toNanos(); !isNext(own); left = end - System.nanoTime()) {
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service stops. Try again.");
        } finally {
            line.remove(own);
            notifyAll();
        }
        taken += slots;
        takenByTenant.merge(tenantId, slots, Integer::sum);
        return true;
    }

    /** Whether this request is the first in line whose tenant has enough of its share, and enough slots are free. */
    private boolean isNext(Request own) {
        return taken + own.slots <= most
                && line.stream().filter(this::isWithinShare).findFirst().orElse(null) == own;
    }

    private boolean isWithinShare(Request request) {
        return takenByTenant.getOrDefault(request.tenantId, 0) + request.slots <= mostOfTenant;
    }

    public void giveBack(String tenantId) {
        giveBack(tenantId, 1);
    }

    public synchronized void giveBack(String tenantId, int slots) {
        taken -= slots;
        takenByTenant.computeIfPresent(tenantId, (tenant, own) -> own == slots ? null : own - slots);
        notifyAll();
    }

    public synchronized int taken() {
        return taken;
    }
}
