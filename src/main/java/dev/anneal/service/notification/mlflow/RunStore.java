package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.Measurement.Validation;
import dev.anneal.service.notification.mlflow.Outbox.Claim;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.database.SystemDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the server has been told of each job. */
final class RunStore {

    private static final String ADMIT = """
            INSERT INTO mlflow_run (job_id, tenant_id)
            SELECT job.id, job.tenant_id
            FROM (
                SELECT id FROM work WHERE kind = 'TRAIN' AND lease_token > 0 AND finished_at IS NULL
                UNION ALL
                SELECT id
                FROM work
                WHERE kind = 'TRAIN' AND lease_token > 0 AND finished_at > clock_timestamp() - make_interval(secs => :backfill)
            ) AS trained
            JOIN job ON job.work_id = trained.id
            WHERE NOT EXISTS (SELECT FROM mlflow_run WHERE mlflow_run.job_id = job.id)
            ON CONFLICT DO NOTHING
            """;

    private static final String READ = """
            SELECT experiment_id, run_id, has_params, attempt, step, validation_step, step_in_doubt, validation_in_doubt
            FROM mlflow_run
            WHERE job_id = :job
            """;

    private static final String VALIDATIONS = """
            SELECT step, recorded_at, beta, loss, token_accuracy, metrics
            FROM job_validation
            WHERE job_id = :job AND step > :after
            ORDER BY step
            LIMIT :limit
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final Outbox outbox;

    RunStore(JdbcClient jdbc, SystemDatabase database) {
        this.jdbc = jdbc;
        this.database = database;
        this.outbox = new Outbox(jdbc, database, "mlflow_run", "job_id");
    }

    Outbox outbox() {
        return outbox;
    }

    /**
     * How much of a job the server has.
     *
     * @param runId null until the run is made
     * @param attempt the last that it was told
     * @param step likewise
     * @param isStepInDoubt whether numbers behind it were sent and may have arrived
     * @param isValidationInDoubt likewise
     */
    record Told(
            @Nullable String experimentId,
            @Nullable String runId,
            boolean hasParams,
            int attempt,
            int step,
            int validationStep,
            boolean isStepInDoubt,
            boolean isValidationInDoubt) {}

    /** Adds jobs that have begun to train. */
    void admit(Duration backfill) {
        database.run(
                () -> jdbc.sql(ADMIT).param("backfill", backfill.toSeconds()).update());
    }

    Told read(long job) {
        return jdbc.sql(READ).param("job", job).query(RunStore::told).single();
    }

    /** The server's id of the job's run, once it is made. */
    Optional<String> runOf(long job) {
        return jdbc.sql(READ)
                .param("job", job)
                .query((row, index) -> Optional.ofNullable(told(row, index).runId()))
                .optional()
                .flatMap(found -> found);
    }

    private static Told told(ResultSet row, int index) throws SQLException {
        return new Told(
                row.getString("experiment_id"),
                row.getString("run_id"),
                row.getBoolean("has_params"),
                row.getInt("attempt"),
                row.getInt("step"),
                row.getInt("validation_step"),
                row.getBoolean("step_in_doubt"),
                row.getBoolean("validation_in_doubt"));
    }

    List<Validation> validations(long job, int after, int limit) {
        return jdbc.sql(VALIDATIONS)
                .param("job", job)
                .param("after", after)
                .param("limit", limit)
                .query(RunStore::validation)
                .list();
    }

    private static Validation validation(ResultSet row, int index) throws SQLException {
        String metrics = row.getString("metrics");
        Map<String, Double> values = new LinkedHashMap<>();
        if (metrics != null) {
            JsonColumn.readMap(metrics).forEach((name, value) -> {
                if (value instanceof Number number) {
                    values.put(name, number.doubleValue());
                }
            });
        }
        return new Validation(
                row.getInt("step"),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getDouble("beta"),
                row.getObject("loss", Double.class),
                row.getObject("token_accuracy", Double.class),
                values);
    }

    void made(Claim row, String experimentId, String runId, int attempt) {
        outbox.write(
                row,
                "experiment_id = :experiment, run_id = :run, attempt = :attempt",
                statement -> statement
                        .param("experiment", experimentId)
                        .param("run", runId)
                        .param("attempt", attempt));
    }

    void toldParams(Claim row) {
        outbox.write(row, "has_params = true", statement -> statement);
    }

    void toldAttempt(Claim row, int attempt) {
        outbox.write(row, "attempt = :attempt", statement -> statement.param("attempt", attempt));
    }

    /** From now on numbers may arrive of which it is not known here. */
    void doubtSteps(Claim row) {
        outbox.write(row, "step_in_doubt = true", statement -> statement);
    }

    void toldSteps(Claim row, int step) {
        outbox.write(row, "step = :step, step_in_doubt = false", statement -> statement.param("step", step));
    }

    /** As {@link #doubtSteps}. */
    void doubtValidations(Claim row) {
        outbox.write(row, "validation_in_doubt = true", statement -> statement);
    }

    void toldValidations(Claim row, int step) {
        outbox.write(
                row,
                "validation_step = :step, validation_in_doubt = false",
                statement -> statement.param("step", step));
    }

    void ended(Claim row) {
        outbox.write(row, "state = 'DONE', refusals = 0", statement -> statement);
    }

    void pause(Claim row, Duration pause) {
        outbox.release(row, "refusals = 0", pause);
    }
}
