package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.lease.Lease;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A holder stops to trust its lease before the lease can have expired. */
class HeldLeaseTest {

    private final AtomicLong now = new AtomicLong();
    private final HeldLease lease =
            new HeldLease(new Lease(1, 1, UUID.randomUUID()), Duration.ofSeconds(50), now::get, 0);

    @Test
    void isTrustedFromTheStartOfTheCallThatRenewedIt() {
        now.set(seconds(40));
        // The renewal was asked for at 20 s; that its answer took until 40 s does not stretch the lease.
        lease.renewed(seconds(20), Optional.empty());

        now.set(seconds(69));
        assertThat(lease.isTrusted()).isTrue();
        now.set(seconds(70));
        assertThat(lease.isTrusted()).isFalse();
    }

    @Test
    void aLateRenewalIsTrustedAgain() {
        now.set(seconds(80));
        assertThat(lease.isTrusted()).isFalse();

        lease.renewed(seconds(80), Optional.of(Wish.PAUSE));

        assertThat(lease.isTrusted()).isTrue();
        assertThat(lease.wish()).isEqualTo(Wish.PAUSE);
    }

    @Test
    void aLostLeaseIsNeverTrustedAgain() {
        lease.lose();
        lease.renewed(seconds(1), Optional.empty());

        assertThat(lease.isTrusted()).isFalse();
        assertThat(lease.isLost()).isTrue();
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
