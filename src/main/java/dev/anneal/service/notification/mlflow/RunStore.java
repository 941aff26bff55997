package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.Measurement.Validation;
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

/** Stores how much of each job the server has. */
final class RunStore {

    private static final String ADMIT = """
            INSERT INTO mlflow_run (job_id, tenant_id)
            SELECT id, tenant_id
            FROM (
                SELECT id, tenant_id FROM trained_job WHERE finished_at IS NULL
                UNION ALL
                SELECT id, tenant_id
                FROM trained_job
                WHERE finished_at > clock_timestamp() - make_interval(secs => :backfill)
            ) AS trained
            WHERE NOT EXISTS (SELECT FROM mlflow_run WHERE mlflow_run.job_id = trained.id)
            ON CONFLICT DO NOTHING
            """;

    private static final String READ = """
            SELECT run_id, has_params, attempt, step, validation_step
            FROM mlflow_run
            WHERE job_id = :job
            """;

    private static final String VALIDATIONS = """
            SELECT step, recorded_at, beta, loss, token_accuracy, metrics
            FROM validated_step
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
     * @param runId id of the run; null until it is created
     * @param attempt the last reported attempt
     * @param step the last step that has arrived
     * @param validationStep likewise of validations
     */
    record Reported(@Nullable String runId, boolean hasParams, int attempt, int step, int validationStep) {}

    /** Adds jobs that have started training. */
    void admit(Duration backfill) {
        database.run(
                () -> jdbc.sql(ADMIT).param("backfill", backfill.toSeconds()).update());
    }

    Reported read(long job) {
        return jdbc.sql(READ).param("job", job).query(Reported.class).single();
    }

    /** The server's id of the job's run, once it is created. */
    Optional<String> runOf(long job) {
        return jdbc.sql(READ).param("job", job).query(Reported.class).optional().map(Reported::runId);
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

    void made(long row, String experimentId, String runId, int attempt) {
        outbox.write(
                row,
                "experiment_id = :experiment, run_id = :run, attempt = :attempt",
                Map.of("experiment", experimentId, "run", runId, "attempt", attempt));
    }

    void sentParams(long row) {
        outbox.write(row, "has_params = true", Map.of());
    }

    void sentAttempt(long row, int attempt) {
        outbox.write(row, "attempt = :attempt", Map.of("attempt", attempt));
    }

    void sentSteps(long row, int last) {
        outbox.write(row, "step = :step", Map.of("step", last));
    }

    void sentValidations(long row, int last) {
        outbox.write(row, "validation_step = :step", Map.of("step", last));
    }

    void ended(long row) {
        outbox.write(row, "state = 'DONE', refusals = 0", Map.of());
    }

    void pause(long row, Duration pause) {
        outbox.pause(row, pause);
    }
}
