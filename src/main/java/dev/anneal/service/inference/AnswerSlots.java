package dev.anneal.service.inference;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Limits the number of answers being generated or waiting, in all and of each tenant. Waiting requests get slots in
 * order; a request never overtakes one that waits for the slots of all, and does not wait for one whose tenant has no
 * more of its share.
 */
final class AnswerSlots {

    private final int most;
    private final int mostOfTenant;
    private final Map<String, Integer> takenByTenant = new HashMap<>();
    private final List<Request> line = new ArrayList<>();
    private int taken;

    AnswerSlots(int most, int mostOfTenant) {
        this.most = most;
        this.mostOfTenant = mostOfTenant;
    }

    /** A request in line, equal to no other. */
    private static final class Request {

        private final String tenantId;
        private final int answers;

        Request(String tenantId, int answers) {
            this.tenantId = tenantId;
            this.answers = answers;
        }
    }

    /**
     * @param patience how long to wait in line; zero not to wait
     * @return whether enough slots became free in that time, which the caller must release
     */
    synchronized boolean take(String tenantId, int answers, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        Request own = new Request(tenantId, answers);
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
        taken += answers;
        takenByTenant.merge(tenantId, answers, Integer::sum);
        return true;
    }

    /** Whether this request is the first in line whose tenant has enough of its share, and enough slots are free. */
    private boolean isNext(Request own) {
        return taken + own.answers <= most
                && line.stream().filter(this::isWithinShare).findFirst().orElse(null) == own;
    }

    private boolean isWithinShare(Request request) {
        return takenByTenant.getOrDefault(request.tenantId, 0) + request.answers <= mostOfTenant;
    }

    synchronized void release(String tenantId, int answers) {
        taken -= answers;
        takenByTenant.computeIfPresent(tenantId, (tenant, own) -> own == answers ? null : own - answers);
        notifyAll();
    }

    synchronized int taken() {
        return taken;
    }
}
