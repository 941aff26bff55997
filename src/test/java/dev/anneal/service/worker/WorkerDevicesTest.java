package dev.anneal.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which devices of a worker work takes. */
class WorkerDevicesTest {

    private final AtomicInteger asked = new AtomicInteger();

    private Optional<Claim> claim(int free, int wanted) {
        asked.set(free);
        return Optional.of(claim(1, new Claim.Part(0, wanted, wanted)));
    }

    private static Claim claim(long token, Claim.Part part) {
        return new Claim(
                new Lease(1, token, new UUID(0, token)),
                "one",
                WorkKind.TRAIN,
                "supervised",
                Duration.ZERO,
                Instant.EPOCH,
                null,
                List.of(),
                part);
    }

    @Test
    void workTakesThatOfTheSlotFirstAndNoneThatIsUsed() {
        WorkerDevices devices = new WorkerDevices(Slot.TRAINING, List.of("cuda:0", "cuda:1", "cuda:2", "cuda:3"));

        WorkerDevices.Taken one = devices.claim(1, free -> claim(free, 1)).orElseThrow();
        WorkerDevices.Taken two = devices.claim(2, free -> claim(free, 2)).orElseThrow();

        assertThat(one.names()).containsExactly("cuda:1");
        assertThat(two.names()).containsExactly("cuda:2", "cuda:0");
        assertThat(asked).hasValue(3);
        assertThat(devices.claim(0, free -> claim(free, 1))).isEmpty();
        devices.giveBack(two);
        assertThat(devices.claim(0, free -> claim(free, 3)).orElseThrow().names())
                .containsExactly("cuda:0", "cuda:2", "cuda:3");
    }

    /** The processes of the first attempt may end after the second one has begun. */
    @Test
    void anAttemptThatEndsLateTakesNoPartAwayFromTheNext() {
        WorkerDevices devices = new WorkerDevices(Slot.TRAINING, List.of("cpu", "cpu"));
        Claim.Part half = new Claim.Part(1, 1, 2);
        WorkerDevices.Taken first =
                devices.claim(0, free -> Optional.of(claim(1, half))).orElseThrow();
        WorkerDevices.Taken second =
                devices.claim(1, free -> Optional.of(claim(2, half))).orElseThrow();

        devices.giveBack(first);
        assertThat(devices.joined()).containsExactly(1L);
        devices.giveBack(second);
        assertThat(devices.joined()).isEmpty();
    }

    /** Their sums go different ways, and their arithmetic differs. */
    @Test
    void cpusAndCudaDevicesAreNotMixed() {
        WorkerDevices devices = new WorkerDevices(Slot.TRAINING, List.of("cpu:0", "cuda:0", "cpu:1"));

        assertThat(devices.countLike(0)).isEqualTo(2);
        assertThat(devices.countLike(1)).isEqualTo(1);
        assertThat(devices.claim(0, free -> claim(free, 2)).orElseThrow().names())
                .containsExactly("cpu:0", "cpu:1");
        assertThat(asked).hasValue(2);
    }

    @Test
    void whatIsGivenUpDoesNotCountUntilItIsGivenBack() {
        WorkerDevices devices = new WorkerDevices(Slot.TRAINING, List.of("cpu", "cpu"));
        WorkerDevices.Taken taken = devices.claim(0, free -> claim(free, 2)).orElseThrow();

        devices.giveUp(taken);
        assertThat(devices.count()).isZero();
        assertThat(devices.isAnyGivenUp()).isTrue();

        devices.giveBack(taken);
        assertThat(devices.count()).isEqualTo(2);
        assertThat(devices.claim(1, free -> claim(free, 2))).isPresent();
    }
}
