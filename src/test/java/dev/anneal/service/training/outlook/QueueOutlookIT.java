package dev.anneal.service.training.outlook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress.Measured.Rate;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.training.job.EngineSetups;
import dev.anneal.service.training.job.JobFixture;
import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.machine.MachineFixture;
import dev.anneal.service.training.machine.Machines;
import dev.anneal.service.training.outlook.ExpectedDuration.Basis;
import dev.anneal.service.training.settings.TrainingCost;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What durations are expected to be, and on what grounds. */
@PostgresTest
class QueueOutlookIT {

    private static final TrainingCost COST = new TrainingCost(9e12, "bf16", 600, 2_000_000_000);

    private static final Machine MACHINE = new Machine(
            new Machine.Setup("cpu", "auto", 2),
            true,
            1.5,
            List.of(new Rate("bf16", 192, 1), new Rate("bf16", 576, 1e11), new Rate("fp32", 576, 1)));

    private final Machines machines = MachineFixture.machines();

    @Test
    void nothingIsExpectedBeforeAnythingWasSeen() {
        assertThat(expected("some-model", 1)).isEmpty();
    }

    /** 1.5 s for the process, 2 s for 2 GB, and 9e12 operations at 1e11 a second. */
    @Test
    void aMeasuredMachineTellsTheTimeOfAModelThatNobodyHasTrained() {
        machines.save("worker-1", MACHINE);

        assertThat(expected("some-model", 1)).contains(new ExpectedDuration(93.5, Basis.MEASURED_MACHINE));
        assertThat(expected("some-model", 0.5)).contains(new ExpectedDuration(48.5, Basis.MEASURED_MACHINE));
    }

    /** Two jobs took 20 s each, 4 of them before their first step, for 3.2e13 operations together: 1e12 a second. */
    @Test
    void pastJobsOfTheModelTellMore() {
        machines.save("worker-1", MACHINE);
        trained("some-model", 1.2e13);
        trained("some-model", 2e13);

        ExpectedDuration expected = expected("some-model", 1).orElseThrow();

        assertThat(expected.basis()).isEqualTo(Basis.PAST_JOBS);
        assertThat(expected.seconds()).isBetween(12.999, 13.001);
        assertThat(expected("another-model", 1).orElseThrow().basis()).isEqualTo(Basis.MEASURED_MACHINE);
    }

    /**
     * Steps of a tenth of a second come ten at a time, microseconds apart; the first one began after 4 s all the same.
     */
    @Test
    void fastStepsThatAreRecordedTogetherTellWhenTheFirstOneBegan() {
        trained("some-model", 1.6e13, 10, 0.1);

        assertThat(expected("some-model", 1).orElseThrow().seconds()).isBetween(12.999, 13.001);
    }

    /**
     * #17: of 20 s each, 4 before the first step, 4 for two validations and 2 for a checkpoint: 2e13 operations in 20
     * s.
     */
    @Test
    void validationsAndCheckpointsAreCountedApartFromSteps() {
        trained("some-model", 1e13);
        trained("some-model", 1e13);
        TestDatabase.administrator().sql("""
                INSERT INTO job_progress (job_id, tenant_id, validations, validation_seconds, checkpoints, checkpoint_seconds)
                SELECT id, tenant_id, 2, 4, 1, 2 FROM job
                ON CONFLICT (job_id) DO UPDATE
                SET validations = excluded.validations, validation_seconds = excluded.validation_seconds,
                    checkpoints = excluded.checkpoints, checkpoint_seconds = excluded.checkpoint_seconds
                """).update();

        Remaining remaining = new Remaining(COST, 1, 3, 5);

        assertThat(outlook().duration("some-model", remaining).orElseThrow().seconds())
                .isBetween(4 + 9 + 3 * 2 + 5 * 2 - 0.001, 4 + 9 + 3 * 2 + 5 * 2 + 0.001);
    }

    /**
     * Twice 20 s, 4 of them before the first step: as the completions had 21 tokens of 101, 3.2e13 operations together
     * instead of 10e13.
     */
    @Test
    void aPastJobCountsWithTheCompletionsThatItSampled() {
        trained("some-model", 5e13);
        trained("some-model", 5e13);
        TestDatabase.administrator()
                .sql(
                        "UPDATE job SET settings = jsonb_set(settings, '{cost,completions}', '{\"most\": 101, \"shortest\": 1e13, \"longest\": 4e13}')")
                .update();
        TestDatabase.administrator()
                .sql("UPDATE job_step SET metrics = jsonb_build_object('completions/mean_length', 10 * step + 6)")
                .update();

        assertThat(expected("some-model", 1).orElseThrow().seconds()).isBetween(12.999, 13.001);
    }

    @Test
    void aMachineIsMeasuredAgainWhenItIsSetUpAnew() {
        machines.save("worker-1", MACHINE);

        assertThat(machines.isKnown("worker-1", MACHINE.setup())).isTrue();
        assertThat(machines.isKnown("worker-1", new Machine.Setup("cpu", "fp32", 2)))
                .isFalse();
        assertThat(machines.isKnown("worker-2", MACHINE.setup())).isFalse();
    }

    private Optional<ExpectedDuration> expected(String model, double share) {
        return outlook().duration(model, new Remaining(COST, share, 0, 0));
    }

    private QueueOutlook outlook() {
        return new QueueOutlook(
                TestDatabase.jdbc(),
                TestDatabase.system(),
                machines,
                new EngineSetups(TestWorkQueues.states(), TestWorkQueues.ENGINE),
                JobFixture.store(),
                TestWorkQueues.states(),
                Clock.systemUTC());
    }

    /** A training of 20 s whose first step of a second ended after five. */
    private static void trained(String model, double operations) {
        trained(model, operations, 1, 1);
    }

    /** @param together steps that are recorded at once, the first ones when the job is five seconds old */
    private static void trained(String model, double operations, int together, double seconds) {
        TestDatabase.administrator()
                .sql("""
                WITH done AS (
                    INSERT INTO work (tenant_id, kind, method, state, priority, lease_token, started_at, claimed_at, finished_at)
                    VALUES ('alpha', 'TRAIN', 'supervised', 'SUCCEEDED', 5, 1, now() - interval '20 s', now() - interval '20 s', now())
                    RETURNING id
                ), recorded AS (
                    INSERT INTO job (tenant_id, external_id, work_id, created_at, model, training_file, seed, metadata, request,
                                     settings, total_steps, annealed_at_step, body_digest)
                    SELECT 'alpha', 'ftjob-' || id, id, now(), :model, 'file-1', 1, '{}', '{}',
                           jsonb_build_object('cost', jsonb_build_object('operations', CAST(:operations AS double precision))), 900, 900, ''
                    FROM done
                    RETURNING id
                ), progressed AS (
                    INSERT INTO job_progress (job_id, tenant_id)
                    SELECT id, 'alpha' FROM recorded
                )
                INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, learning_rate, beta, trained_tokens, tokens,
                                      shared_tokens, tokens_per_second, seconds)
                SELECT id, step, 'alpha', now() - make_interval(secs => 16 - ((step - 1) / :together + 1) * :together * :seconds)
                                          + step * interval '1 microsecond',
                       0, 0, 0, 1, 1, 0, 1, :seconds
                FROM recorded, generate_series(1, 2 * :together) AS step
                """)
                .param("model", model)
                .param("operations", operations)
                .param("together", together)
                .param("seconds", seconds)
                .update();
    }
}
