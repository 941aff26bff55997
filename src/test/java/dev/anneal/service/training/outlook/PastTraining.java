package dev.anneal.service.training.outlook;

import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.training.settings.TrainingCost;

/** Trainings that have ended, as rows of the tests' database. */
public final class PastTraining {

    private PastTraining() {}

    /** A training of 20 s whose first step of a second ended after five. */
    public static void add(String model, TrainingCost cost) {
        add(model, cost, 1, 1);
    }

    /** @param together steps that are recorded at once, the first ones when the job is five seconds old */
    static void add(String model, TrainingCost cost, int together, double seconds) {
        TestDatabase.administrator()
                .sql("""
                WITH done AS (
                    INSERT INTO work (tenant_id, kind, method, state, priority, lease_token, started_at, claimed_at, finished_at)
                    VALUES ('alpha', 'TRAIN', 'supervised', 'SUCCEEDED', 5, 1, now() - interval '20 s', now() - interval '20 s', now())
                    RETURNING id
                ), recorded AS (
                    INSERT INTO job (tenant_id, external_id, work_id, created_at, model, training_file, metadata, request,
                                     settings, total_steps, annealed_at_step, body_digest)
                    SELECT 'alpha', 'ftjob-' || id, id, now(), :model, 'file-1', '{}', '{}',
                           jsonb_build_object('cost', CAST(:cost AS jsonb)), 900, 900, ''
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
                .param("cost", JsonColumn.write(cost))
                .param("together", together)
                .param("seconds", seconds)
                .update();
    }
}
