package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.protocol.Progress.Interlude.Cause;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** #17: when jobs start and end, as the API says it. A played step takes half a second, a training has 30 of them. */
class ForecastIT extends ServiceTest {

    private static final UUID PROCESS = UUID.randomUUID();

    @Autowired
    private WorkerStates workers;

    /** Seconds that a job of another test took to close, which the outlook may still know. */
    private static final Offset<Double> CLOSING = within(0.2);

    @AfterEach
    void endWorker() {
        workers.leave(PROCESS);
    }

    /** Ten validations of 2 s and ten checkpoints of 1 s are due, of each of which four were made. */
    @Test
    void whatIsLeftOfARunningJobCountsItsValidationsAndCheckpoints() {
        PlayedWorker worker = validatedJob();
        String id = worker.order().job().id();
        worker.steps(1, 12);
        for (int interlude = 0; interlude < 4; interlude++) {
            worker.interlude(Cause.VALIDATION, 2).interlude(Cause.CHECKPOINT, 1);
        }

        assertThat(eta(id)).isCloseTo(18 * 0.5 + 6 * 2 + 6 * 1, CLOSING);
    }

    /** What is due after step 12 has not been done when the step has ended. */
    @Test
    void aValidationThatIsDueNowIsStillToCome() {
        PlayedWorker worker = validatedJob();
        String id = worker.order().job().id();
        worker.steps(1, 12);
        for (int interlude = 0; interlude < 3; interlude++) {
            worker.interlude(Cause.VALIDATION, 2).interlude(Cause.CHECKPOINT, 1);
        }

        assertThat(eta(id)).isCloseTo(18 * 0.5 + 7 * 2 + 7 * 1, CLOSING);
    }

    /** Rows of the validation file are read forward alone: half the time of a step for as many tokens. */
    @Test
    void aValidationThatNobodyHasTimedIsReckonedFromItsTokens() {
        PlayedWorker worker = validatedJob();
        String id = worker.order().job().id();
        worker.steps(1, 1);

        assertThat(eta(id)).isGreaterThan(29 * 0.5 + 0.1).isLessThan(29 * 0.5 + 20);
    }

    @Test
    void aJobOfAnIdleServiceStartsNowWhateverPastJobsTook() {
        queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        workers.report(new WorkerProcess(PROCESS, "worker"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        String file = file(ALPHA, 21);

        awaitStart(file, 0);

        JsonNode queued = job(ALPHA, queuedJob(ALPHA, file, ""));
        assertThat(queued.at("/anneal/estimated_start").longValue())
                .isCloseTo(Instant.now().getEpochSecond(), within(2L));
    }

    @Test
    void theNextJobStartsWhenTheRunningOneEnds() {
        queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 10);
        workers.report(new WorkerProcess(PROCESS, "worker"), TestWorkQueues.ENGINE, 1, true, null, Set.of());

        awaitStart(file(ALPHA, 21), 10);
    }

    private PlayedWorker validatedJob() {
        String validation = file(ALPHA, 12);
        queuedJob(ALPHA, file(ALPHA, 20), ", 'validation_file': '" + validation + "'");
        return playedWorker();
    }

    private double eta(String id) {
        return job(ALPHA, id).at("/anneal/eta_seconds").doubleValue();
    }

    /** What runs and waits is looked at every two seconds. */
    private void awaitStart(String file, double seconds) {
        await(() -> {
            JsonNode estimate = json(post(
                    ALPHA, "/v1/fine_tuning/estimate", "{'model': 'anneal-tiny', 'training_file': '" + file + "'}"));
            JsonNode start = estimate.path("expected_start");
            return start.isNumber()
                    && Math.abs(start.longValue() - Instant.now().getEpochSecond() - seconds) <= 2;
        });
    }
}
