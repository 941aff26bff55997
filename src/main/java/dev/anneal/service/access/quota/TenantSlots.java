package dev.anneal.service.access.quota;

import java.util.HashMap;
import java.util.Map;

/**
 * Slots for concurrent work of this process. One tenant gets only some of them, so that its slow endpoints do not block
 * others.
 */
public final class TenantSlots {

    private final int most;
    private final int mostOfTenant;
    private final Map<String, Integer> takenByTenant = new HashMap<>();
    private int taken;

    public TenantSlots(int most, int mostOfTenant) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
    }

    public int mostOfTenant() {
        return mostOfTenant;
    }

    /** Takes a slot if one is free, which the caller must give back. */
    public synchronized boolean take(String tenantId) {
        if (taken >= most || takenByTenant.getOrDefault(tenantId, 0) >= mostOfTenant) {
            return false;
        }
        taken++;
        takenByTenant.merge(tenantId, 1, Integer::sum);
        return true;
    }

    public synchronized void giveBack(String tenantId) {
        taken--;
        takenByTenant.computeIfPresent(tenantId, (tenant, own) -> own == 1 ? null : own - 1);
    }
}
