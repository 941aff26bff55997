package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a worker may take, counted by hand and by a clock that stands still. */
class WorkAllowanceTest {

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger told = new AtomicInteger();

    @Test
    void withoutALimitItNeverEnds() {
        WorkAllowance allowance = new WorkAllowance(0, null, nanos::get, told::incrementAndGet);
        for (int item = 0; item < 100; item++) {
            assertThat(allowance.take()).isTrue();
            allowance.ended(70);
            nanos.addAndGet(Duration.ofDays(1).toNanos());
        }
        assertThat(told).hasValue(0);
        assertThat(allowance.exitCode()).isEmpty();
    }

    @Test
    void noSlotTakesMoreThanIsLeft() {
        WorkAllowance allowance = new WorkAllowance(2, null, nanos::get, told::incrementAndGet);

        assertThat(allowance.take()).isTrue();
        assertThat(allowance.take()).isTrue();
        assertThat(allowance.take()).isFalse();
        allowance.putBack();
        assertThat(allowance.take()).isTrue();
        allowance.ended(0);
        assertThat(told).hasValue(0);
        allowance.ended(75);
        assertThat(told).hasValue(1);
        assertThat(allowance.take()).isFalse();
        assertThat(allowance.exitCode()).hasValue(75);
    }

    @Test
    void patienceCountsFromTheLastWorkAndNotWhileSomeRuns() {
        WorkAllowance allowance = new WorkAllowance(5, Duration.ofMinutes(1), nanos::get, told::incrementAndGet);
        assertThat(allowance.take()).isTrue();
        nanos.set(Duration.ofMinutes(3).toNanos());
        assertThat(allowance.take()).isTrue();
        allowance.putBack();
        assertThat(told).hasValue(0);

        allowance.ended(0);
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(allowance.take()).isTrue();
        allowance.putBack();
        assertThat(told).hasValue(0);

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(allowance.take()).isTrue();
        allowance.putBack();
        assertThat(told).hasValue(1);
        assertThat(allowance.take()).isFalse();
    }
}
