package dev.anneal.service.worker;

import static dev.anneal.service.worker.Stage.ENDLESS;
import static dev.anneal.service.worker.Stage.STEPS;
import static dev.anneal.service.worker.Stage.await;
import static dev.anneal.service.worker.Stage.rows;
import static dev.anneal.service.worker.Stage.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.lease.TestQueue;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Files of an attempt are on their way for longer than an attempt may be silent. */
class LongTransfersIT extends StageTest {

    /** 140 GB at 100 MB/s: 14 times as long as this, after which the rescue nearly treats a silent attempt as hung. */
    private static final Duration PART = Duration.ofSeconds(100);

    private static final int PARTS = 14;

    private final AtomicInteger rescued = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);

    @Test
    void resultThatIsStoredForLongDoesNotCountAsHung() {
        long work = stage.enqueue();
        stage.worker(
                STEPS, Map.of(), during(Rehearsal.Moment.STORE_RESULT, betweenParts -> transfer(work, betweenParts)));

        stage.awaitState(work, WorkState.SUCCEEDED);

        assertThat(rescued).hasValue(0);
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.SUCCEEDED);
    }

    @Test
    void checkpointThatIsStoredForLongDoesNotCountAsHung() {
        long work = stage.enqueue();
        AtomicInteger stores = new AtomicInteger();
        stage.worker(STEPS, Map.of(), during(Rehearsal.Moment.STORE, betweenParts -> {
            if (stores.incrementAndGet() == 2) {
                transfer(work, betweenParts);
            }
        }));

        stage.awaitState(work, WorkState.SUCCEEDED);

        assertThat(rescued).hasValue(0);
        assertThat(stage.attempts(work)).hasSize(1);
    }

    @Test
    void resultOfCancelledWorkIsNotStoredToTheEnd() {
        long work = stage.enqueue();
        stage.worker(STEPS, Map.of(), during(Rehearsal.Moment.STORE_RESULT, this::transferEndlessly));
        awaitBegin();

        stage.cancel(work);

        stage.awaitState(work, WorkState.CANCELLED);
        assertThat(rows(work, "completed")).isEmpty();
    }

    @Test
    void checkpointThatStillIsOnItsWayWhenTheWorkerMustEndIsGivenUpAndTheWorkGivenBack() {
        long work = stage.enqueue();
        Supervisor stopping = stage.worker(ENDLESS, Map.of(), during(Rehearsal.Moment.STORE, this::transferEndlessly));
        awaitBegin();

        assertThat(stopping.stop()).isTrue();

        assertThat(stage.find(work).state()).isEqualTo(WorkState.QUEUED);
        assertThat(stage.attempts(work)).extracting(Attempt::outcome).containsExactly(Attempt.Outcome.GIVEN_BACK);
        assertThat(stage.find(work).platformRetries()).isZero();
    }

    private void awaitBegin() {
        await(() -> begun.getCount() == 0);
    }

    private void transfer(long work, Runnable betweenParts) {
        for (int part = 0; part < PARTS; part++) {
            TestQueue.change(
                    "UPDATE lease SET stalls_at = stalls_at - interval '%d seconds' WHERE work_id = ?"
                            .formatted(PART.toSeconds()),
                    work);
            rescued.addAndGet(stage.rescue());
            // Longer than the interval of the worker's signs of life.
            sleep(Duration.ofMillis(150));
            betweenParts.run();
        }
    }

    private void transferEndlessly(Runnable betweenParts) {
        begun.countDown();
        while (true) {
            sleep(Duration.ofMillis(20));
            betweenParts.run();
        }
    }

    /** A transfer that reports between its parts. */
    private interface Transfer {

        void with(Runnable betweenParts);
    }

    private static Rehearsal.Trouble during(Rehearsal.Moment troubled, Transfer transfer) {
        return new Rehearsal.Trouble() {

            @Override
            public void at(Rehearsal.Moment moment) {}

            @Override
            public void at(Rehearsal.Moment moment, Runnable betweenParts) {
                if (moment == troubled) {
                    transfer.with(betweenParts);
                }
            }
        };
    }
}
