package dev.anneal.service.training.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.training.admission.EngineSetups;
import dev.anneal.service.training.job.JobFixture;
import dev.anneal.service.training.outlook.ExpectedDuration.Basis;
import dev.anneal.service.training.settings.TrainingCost;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What durations are expected to be, and on what grounds. */
@PostgresTest
class QueueOutlookIT {

    private static final TrainingCost COST = new TrainingCost(9e12, "bf16", 600);

    private final WorkerStates workers = TestWorkQueues.states();

    /** 9e12 operations at 4.3e11 and 1e11 a second on each of two threads, beside 2 and 15 s. */
    @Test
    void aRangeIsGuessedBeforeAnythingWasTrained() {
        ExpectedDuration guess = expected("some-model", 1);

        assertThat(guess.basis()).isEqualTo(Basis.GUESS);
        assertThat(guess.seconds()).isNull();
        assertRange(guess, 2 + 9e12 / 8.6e11, 15 + 45);
        assertRange(expected("some-model", 0.5), 2 + 4.5e12 / 8.6e11, 15 + 22.5);
    }

    @Test
    void theGuessFollowsTheNewestWorker() {
        workers.report(new WorkerProcess(UUID.randomUUID(), "old"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        workers.report(
                new WorkerProcess(UUID.randomUUID(), "new"),
                new EngineSetup("cpu", "bf16", false, 4),
                1,
                true,
                null,
                Set.of());

        assertRange(expected("some-model", 1), 2 + 9e12 / 3.2e11, 15 + 9e12 / 8e10);
    }

    @Test
    void nothingIsExpectedOfACudaDeviceBeforeAnythingWasTrained() {
        workers.report(
                new WorkerProcess(UUID.randomUUID(), "gpu"),
                new EngineSetup("cuda:0", "auto", true, 1),
                1,
                true,
                null,
                Set.of());

        assertThat(outlook().duration("some-model", new Remaining(COST, 1, 0, 0), false))
                .isEmpty();
    }

    /** 20 s, 4 of them before the first step, for 1.6e13 operations: 1e12 a second. Others have another speed. */
    @Test
    void theModelOfTheNearestWidthInTheSamePrecisionTellsTheSpeedOfANewOne() {
        PastTraining.add("near", new TrainingCost(1.6e13, "bf16", 900));
        PastTraining.add("narrow", new TrainingCost(1, "bf16", 192));
        PastTraining.add("wide", new TrainingCost(1, "bf16", 2048));
        PastTraining.add("another-precision", new TrainingCost(1, "fp32", 600));

        ExpectedDuration expected = expected("some-model", 1);

        assertThat(expected.basis()).isEqualTo(Basis.OTHER_MODELS);
        assertThat(expected.range()).isNull();
        assertThat(expected.seconds()).isBetween(12.999, 13.001);
        assertThat(outlook()
                        .duration("some-model", new Remaining(new TrainingCost(1, "fp64", 600), 1, 0, 0), false)
                        .orElseThrow()
                        .basis())
                .isEqualTo(Basis.GUESS);
    }

    /**
     * Of 20 s each, 4 before the first step, 4 for two validations and 2 for a checkpoint. The operations of a new
     * model's validations are among its own, so two trainings do 2.8e13 in 28 s.
     */
    @Test
    void validationsOfANewModelCountByTheirOperations() {
        PastTraining.add("another-model", new TrainingCost(1.4e13, "bf16", 600));
        PastTraining.add("another-model", new TrainingCost(1.4e13, "bf16", 600));
        addInterludes();

        assertThat(outlook()
                        .duration("some-model", new Remaining(COST, 1, 3, 5), false)
                        .orElseThrow()
                        .seconds())
                .isBetween(4 + 9 + 5 * 2 - 0.001, 4 + 9 + 5 * 2 + 0.001);
    }

    /** Two jobs took 20 s each, 4 of them before their first step, for 3.2e13 operations together: 1e12 a second. */
    @Test
    void pastJobsOfTheModelTellMore() {
        PastTraining.add("another-model", new TrainingCost(1, "bf16", 600));
        PastTraining.add("some-model", new TrainingCost(1.2e13, "bf16", 600));
        PastTraining.add("some-model", new TrainingCost(2e13, "bf16", 600));

        ExpectedDuration expected = expected("some-model", 1);

        assertThat(expected.basis()).isEqualTo(Basis.PAST_JOBS);
        assertThat(expected.seconds()).isBetween(12.999, 13.001);
    }

    /** Completions of 1 to 101 tokens: 1e13 to 4e13 operations. */
    @Test
    void completionsOfUnknownLengthMakeARange() {
        TrainingCost cost = new TrainingCost(2.5e13, "bf16", 600, new TrainingCost.Completions(101, 1e13, 4e13));
        Remaining training = new Remaining(cost, 1, 0, 0);

        assertRange(
                outlook().duration("some-model", training, true).orElseThrow(), 2 + 1e13 / 8.6e11, 15 + 4e13 / 2e11);
        PastTraining.add("some-model", new TrainingCost(1.6e13, "bf16", 600));
        ExpectedDuration open = outlook().duration("some-model", training, true).orElseThrow();

        assertRange(open, 4 + 10, 4 + 40);
        assertThat(open.seconds()).isBetween(28.999, 29.001);
        assertThat(outlook()
                        .duration("some-model", training, false)
                        .orElseThrow()
                        .range())
                .isNull();
    }

    /**
     * Steps of a tenth of a second come ten at a time, microseconds apart; the first one began after 4 s all the same.
     */
    @Test
    void fastStepsThatAreRecordedTogetherTellWhenTheFirstOneBegan() {
        PastTraining.add("some-model", new TrainingCost(1.6e13, "bf16", 600), 10, 0.1);

        assertThat(expected("some-model", 1).seconds()).isBetween(12.999, 13.001);
    }

    /**
     * #17: of 20 s each, 4 before the first step, 4 for two validations and 2 for a checkpoint: 2e13 operations in 20
     * s.
     */
    @Test
    void validationsAndCheckpointsAreCountedApartFromSteps() {
        PastTraining.add("some-model", new TrainingCost(1e13, "bf16", 600));
        PastTraining.add("some-model", new TrainingCost(1e13, "bf16", 600));
        addInterludes();

        Remaining remaining = new Remaining(COST, 1, 3, 5);

        assertThat(outlook()
                        .duration("some-model", remaining, false)
                        .orElseThrow()
                        .seconds())
                .isBetween(4 + 9 + 3 * 2 + 5 * 2 - 0.001, 4 + 9 + 3 * 2 + 5 * 2 + 0.001);
    }

    /**
     * Twice 20 s, 4 of them before the first step: as the completions had 21 tokens of 101, 3.2e13 operations together
     * instead of 10e13.
     */
    @Test
    void aPastJobCountsWithTheCompletionsThatItSampled() {
        PastTraining.add("some-model", new TrainingCost(5e13, "bf16", 600));
        PastTraining.add("some-model", new TrainingCost(5e13, "bf16", 600));
        TestDatabase.administrator()
                .sql(
                        "UPDATE job SET settings = jsonb_set(settings, '{cost,completions}', '{\"most\": 101, \"shortest\": 1e13, \"longest\": 4e13}')")
                .update();
        TestDatabase.administrator()
                .sql("UPDATE job_step SET metrics = jsonb_build_object('completions/mean_length', 10 * step + 6)")
                .update();

        assertThat(expected("some-model", 1).seconds()).isBetween(12.999, 13.001);
    }

    /** Two validations of 2 s and a checkpoint of 2 s in each training. */
    private static void addInterludes() {
        TestDatabase.administrator().sql("""
                INSERT INTO job_progress (job_id, tenant_id, validations, validation_seconds, checkpoints, checkpoint_seconds)
                SELECT id, tenant_id, 2, 4, 1, 2 FROM job
                ON CONFLICT (job_id) DO UPDATE
                SET validations = excluded.validations, validation_seconds = excluded.validation_seconds,
                    checkpoints = excluded.checkpoints, checkpoint_seconds = excluded.checkpoint_seconds
                """).update();
    }

    private static void assertRange(ExpectedDuration duration, double from, double to) {
        DurationRange range = Objects.requireNonNull(duration.range());
        assertThat(range.fromSeconds()).isBetween(from - 0.001, from + 0.001);
        assertThat(range.toSeconds()).isBetween(to - 0.001, to + 0.001);
    }

    private ExpectedDuration expected(String model, double share) {
        return outlook()
                .duration(model, new Remaining(COST, share, 0, 0), false)
                .orElseThrow();
    }

    private QueueOutlook outlook() {
        return new QueueOutlook(
                TestDatabase.jdbc(),
                TestDatabase.system(),
                new EngineSetups(workers, TestWorkQueues.ENGINE),
                JobFixture.store(),
                workers,
                Clock.systemUTC());
    }
}
