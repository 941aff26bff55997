package dev.anneal.service.training.outlook;

import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.check.FileChecked;
import dev.anneal.service.files.check.TokenCount;
import dev.anneal.service.files.check.TokenCounts;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Requests that wait for the count of a file, all of them on one thread. It looks for a count when this process has
 * checked the file, and regularly for counts of other processes.
 */
@Component
final class CountWaits implements DisposableBean {

    /** Enough to count a file of a few thousand rows; for a larger file the client must repeat the request. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);

    /** Requests of a tenant that wait at a time; further ones do not wait. */
    private static final int MAX_OF_TENANT = 8;

    /** Requests of all tenants that wait at a time: one look at each takes about 0.1 s. */
    private static final int MAX = 64;

    private final Files files;
    private final TokenCounts counts;
    private final Clock clock;
    private final TenantSlots places = new TenantSlots(MAX, MAX_OF_TENANT);
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("estimates"));

    CountWaits(Files files, TokenCounts counts, Clock clock) {
        this.files = files;
        this.counts = counts;
        this.clock = clock;
    }

    /**
     * @param look reads the count
     * @param count receives it, or the pending one at the deadline
     */
    private record Waiter(
            String tenantId,
            String fileId,
            Supplier<TokenCount> look,
            Instant deadline,
            CompletableFuture<TokenCount> count) {}

    /** The count once it is no longer pending, or as it is after five seconds. At once if too many requests wait. */
    CompletableFuture<TokenCount> count(String tenantId, String fileId, TokenCounts.Question question) {
        Supplier<TokenCount> look = () -> counts.count(files.require(tenantId, fileId), question);
        Waiter waiter = new Waiter(tenantId, fileId, look, clock.instant().plus(PATIENCE), new CompletableFuture<>());
        // Before the look, so that no end of a check is missed.
        boolean isWaiting = places.take(tenantId);
        if (isWaiting) {
            waiters.add(waiter);
        }
        try {
            TokenCount count = look.get();
            if (!isWaiting || !count.isPending()) {
                waiter.count().complete(count);
            }
        } catch (RuntimeException failure) {
            waiter.count().completeExceptionally(failure);
        }
        lookLater(waiter);
        return isWaiting ? waiter.count().whenComplete((count, failure) -> leave(waiter)) : waiter.count();
    }

    private void leave(Waiter waiter) {
        waiters.remove(waiter);
        places.giveBack(waiter.tenantId());
    }

    @EventListener
    void fileChecked(FileChecked checked) {
        waiters.stream()
                .filter(waiter -> waiter.tenantId().equals(checked.tenantId())
                        && waiter.fileId().equals(checked.fileId()))
                .forEach(waiter -> thread.execute(() -> look(waiter)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a look tells its waiter of failures
    private void lookLater(Waiter waiter) {
        if (!waiter.count().isDone()) {
            thread.schedule(
                    () -> {
                        look(waiter);
                        lookLater(waiter);
                    },
                    LOOK_INTERVAL.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void look(Waiter waiter) {
        if (waiter.count().isDone()) {
            return;
        }
        try {
            TokenCount count = waiter.look().get();
            if (!count.isPending() || !clock.instant().isBefore(waiter.deadline())) {
                waiter.count().complete(count);
            }
        } catch (RuntimeException failure) {
            waiter.count().completeExceptionally(failure);
        }
    }

    @Override
    public void destroy() {
        thread.shutdownNow();
    }
}
