package dev.anneal.service.notification.webhook;

import java.util.HashMap;
import java.util.Map;

/** Places for what this process does at a time, of which one tenant has only some: its slow endpoints leave the others theirs. */
final class TenantPlaces {

    private final int most;
    private final int mostOfTenant;
    private final Map<String, Integer> takenByTenant = new HashMap<>();
    private int taken;

    TenantPlaces(int most, int mostOfTenant) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
    }

    int mostOfTenant() {
        return mostOfTenant;
    }

    /** Whether there was a place. Who has got one gives it back. */
    synchronized boolean take(String tenantId) {
        if (taken >= most || takenByTenant.getOrDefault(tenantId, 0) >= mostOfTenant) {
            return false;
        }
        taken++;
        takenByTenant.merge(tenantId, 1, Integer::sum);
        return true;
    }

    synchronized void giveBack(String tenantId) {
        taken--;
        takenByTenant.computeIfPresent(tenantId, (tenant, own) -> own == 1 ? null : own - 1);
    }
}
