package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.machine.MachineFixture;
import dev.anneal.service.training.machine.Machines;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a worker measures its machine, with pauses of milliseconds. */
@PostgresTest
class MachineMeasurementIT {

    private static final Machine.Setup SETUP = new Machine.Setup("cpu", "auto", 2);
    private static final Duration SOON = Duration.ofMillis(1);
    private static final long PATIENCE_SECONDS = 30;

    /** Of this test alone: the thread of an earlier one may save its last measurement after the tables were emptied. */
    private final String worker = "measured-" + UUID.randomUUID();

    private final Machines machines = MachineFixture.machines();
    private final AtomicInteger measured = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final Semaphore looks = new Semaphore(0);
    private volatile boolean isDisturbed;
    private MachineMeasurement measurement = measurement(() -> true);

    @AfterEach
    void stop() {
        measurement.stop();
    }

    @Test
    void aMachineIsMeasuredOnceAndAgainAfterAWeek() throws InterruptedException {
        measurement.start();
        awaitLooks(5);
        assertThat(measured).hasValue(1);

        TestDatabase.administrator()
                .sql("UPDATE machine SET measured_at = measured_at - interval '8 days'")
                .update();
        awaitLooks(5);
        assertThat(measured).hasValue(2);
        assertThat(machines.isKnown(worker, SETUP)).isTrue();
    }

    @Test
    void whatFailsIsTriedAgain() throws InterruptedException {
        failures.set(2);

        measurement.start();
        awaitLooks(5);

        assertThat(measured).hasValue(3);
        assertThat(machines.isKnown(worker, SETUP)).isTrue();
    }

    /** The first measurement has work beside it from its middle on. */
    @Test
    void whatWorkHasDisturbedIsMeasuredAgain() throws InterruptedException {
        isDisturbed = true;
        measurement = measurement(() -> !isDisturbed || measured.get() == 0);
        measurement.start();
        awaitLooks(5);

        assertThat(measured).hasValue(1);
        assertThat(machines.isKnown(worker, SETUP)).isFalse();

        isDisturbed = false;
        awaitLooks(5);
        assertThat(measured).hasValue(2);
        assertThat(machines.isKnown(worker, SETUP)).isTrue();
    }

    /** Looks that begin from now on; the last of them has not ended. */
    private void awaitLooks(int count) throws InterruptedException {
        looks.drainPermits();
        assertThat(looks.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private MachineMeasurement measurement(BooleanSupplier isIdle) {
        BooleanSupplier counted = () -> {
            looks.release();
            return isIdle.getAsBoolean();
        };
        return new MachineMeasurement(
                worker, new CountingProbe(), machines, counted, new MachineMeasurement.Pauses(SOON, SOON, SOON));
    }

    /** Measures nothing, and fails as often as it is told to. */
    private final class CountingProbe implements MachineMeasurement.Probe {

        @Override
        public Machine.Setup setup() {
            return SETUP;
        }

        @Override
        public Optional<Machine> measure() throws IOException {
            if (measured.incrementAndGet() <= failures.get()) {
                throw new IOException("took too long");
            }
            return Optional.of(new Machine(SETUP, true, 1, List.of()));
        }
    }
}
