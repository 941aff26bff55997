package dev.anneal.service.training.history;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Series of a job's steps and validations. A step that a later attempt repeats replaces the earlier one. */
@Component
public final class Series {

    /** One statement for a batch, because steps of small models are too fast for single inserts. */
    private static final String RECORD_STEPS =
            """
            INSERT INTO job_step (job_id, step, tenant_id, recorded_at, seconds, metrics, %1$s)
            SELECT progress.job_id, batch.step, progress.tenant_id, clock_timestamp(), batch.seconds,
                   batch.metrics::jsonb, %2$s
            FROM job_progress AS progress,
                 unnest(:steps::integer[], :seconds::double precision[], :metrics::text[], %3$s)
                     AS batch (step, seconds, metrics, %1$s)
            WHERE progress.job_id = :job
            ON CONFLICT (job_id, step) DO UPDATE
            SET recorded_at = EXCLUDED.recorded_at, seconds = EXCLUDED.seconds, metrics = EXCLUDED.metrics, %4$s
            """.formatted(each("%s"), each("batch.%s"), each(":%s::double precision[]"), each("%1$s = EXCLUDED.%1$s"));

    private static final String MOVE_TO = "UPDATE job_progress SET step = :step WHERE job_id = :job";

    private static final String RECORD_VALIDATION = """
            INSERT INTO job_validation (job_id, step, tenant_id, recorded_at, beta, loss, token_accuracy, metrics)
            SELECT job_id, :step, tenant_id, clock_timestamp(), :beta, :loss, :accuracy, :metrics::jsonb
            FROM job_progress
            WHERE job_id = :job
            ON CONFLICT (job_id, step) DO UPDATE
            SET recorded_at = EXCLUDED.recorded_at,
                beta = EXCLUDED.beta,
                loss = EXCLUDED.loss,
                token_accuracy = EXCLUDED.token_accuracy,
                metrics = EXCLUDED.metrics
            """;

    private static final String LAST_VALIDATION =
            "SELECT coalesce(max(step), 0) FROM job_validation WHERE job_id = :job";

    private static final String SUMMARY = """
            SELECT count(*) AS steps, :window::integer AS "window",
                   count(*) FILTER (WHERE learning_rate > 0 AND grad_norm > 0) AS moving,
                   count(*) FILTER (WHERE learning_rate > 0 AND grad_norm = 0 AND train_loss > 0) AS idle,
                   avg(train_loss) FILTER (WHERE step <= :window) AS first_loss,
                   min(train_loss) FILTER (WHERE step > :total - :window) AS last_loss
            FROM job_step
            WHERE job_id = :job
            """;

    private static final String METRIC_NAMES = """
            SELECT DISTINCT name
            FROM job_step, jsonb_object_keys(metrics) AS name
            WHERE job_id = :job
            ORDER BY name
            """;

    private static final String VALIDATION_METRIC_NAMES = """
            SELECT DISTINCT name
            FROM job_validation, jsonb_object_keys(metrics) AS name
            WHERE job_id = :job
            ORDER BY name
            """;

    private static final String READ = """
            SELECT step.step, step.recorded_at, step.seconds, step.metrics, %s, validation.loss AS valid_loss,
                   validation.token_accuracy AS valid_accuracy, validation.beta AS valid_beta,
                   validation.metrics AS valid_metrics
            FROM job_step AS step
            LEFT JOIN job_validation AS validation ON validation.job_id = step.job_id AND validation.step = step.step
            WHERE step.job_id = :job AND step.step > :after
            ORDER BY step.step
            LIMIT :limit
            """.formatted(each("step.%s"));

    /** Keeps the peak of all attempts. */
    private static final String RECORD_DEVICE = """
            UPDATE job_progress
            SET device = :device,
                device_bytes = :total,
                device_peak_bytes = greatest(device_peak_bytes, :peak)
            WHERE job_id = :job
            """;

    private static final String RECORD_INTERLUDE = """
            UPDATE job_progress
            SET %1$ss = %1$ss + 1,
                %1$s_seconds = %1$s_seconds + :seconds
            WHERE job_id = :job
            """;

    private static final String VALIDATION_TIME = RECORD_INTERLUDE.formatted("validation");
    private static final String CHECKPOINT_TIME = RECORD_INTERLUDE.formatted("checkpoint");

    private final JdbcClient jdbc;

    Series(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records steps of the current attempt, the last of which becomes the job's current step. */
    public void recordSteps(long job, List<Progress.Step> steps) {
        if (steps.isEmpty()) {
            return;
        }
        var statement = jdbc.sql(RECORD_STEPS)
                .param("job", job)
                .param("steps", steps.stream().map(Progress.Step::step).toArray(Integer[]::new))
                .param("seconds", doubles(steps, Progress.Step::seconds))
                .param(
                        "metrics",
                        steps.stream()
                                .map(step -> Metrics.toJson(step.ofMethod()))
                                .toArray(String[]::new));
        for (Figure figure : Figure.values()) {
            statement.param(figure.wireName(), doubles(steps, step -> finite(step.get(figure))));
        }
        statement.update();
        moveTo(job, steps.get(steps.size() - 1).step());
    }

    /** Sets the job's current step, for example when an attempt begins from a checkpoint. */
    public void moveTo(long job, int step) {
        jdbc.sql(MOVE_TO).param("job", job).param("step", step).update();
    }

    public void recordValidation(long job, Progress.Validation validation) {
        jdbc.sql(RECORD_VALIDATION)
                .param("job", job)
                .param("step", validation.step())
                .param("beta", validation.beta())
                .param("loss", finite(validation.loss()))
                .param("accuracy", finite(validation.tokenAccuracy()))
                .param("metrics", Metrics.toJson(validation.metrics()))
                .update();
    }

    /** Records the training's memory on its CUDA device. */
    public void recordDeviceMemory(long job, Progress.DeviceMemory memory) {
        jdbc.sql(RECORD_DEVICE)
                .param("device", memory.device())
                .param("total", memory.totalBytes())
                .param("peak", memory.peakBytes())
                .param("job", job)
                .update();
    }

    /** Records the duration of a validation or a checkpoint. */
    public void recordInterlude(long job, Progress.Interlude interlude) {
        jdbc.sql(interlude.kind() == Progress.Interlude.Cause.VALIDATION ? VALIDATION_TIME : CHECKPOINT_TIME)
                .param("job", job)
                .param("seconds", interlude.seconds())
                .update();
    }

    /** Newest step whose validation is recorded; 0 if there is none. */
    public int lastValidation(long job) {
        return jdbc.sql(LAST_VALIDATION).param("job", job).query(Integer.class).single();
    }

    /**
     * @param totalSteps number of steps, all of which must be recorded
     */
    public SeriesSummary summary(long job, int totalSteps) {
        int window = SeriesSummary.window(totalSteps);
        return jdbc.sql(SUMMARY)
                .param("job", job)
                .param("total", totalSteps)
                .param("window", window)
                .query(SeriesSummary.class)
                .single();
    }

    /** Names of the additional metrics of the job's method. */
    public MetricNames metricNames(long job) {
        return new MetricNames(names(job, METRIC_NAMES), names(job, VALIDATION_METRIC_NAMES));
    }

    private List<String> names(long job, String query) {
        return jdbc.sql(query).param("job", job).query(String.class).list();
    }

    /** Rows after step {@code after}, in the order of steps. */
    public List<SeriesRow> read(long job, int after, int limit) {
        return jdbc.sql(READ)
                .param("job", job)
                .param("after", after)
                .param("limit", limit)
                .query(Series::row)
                .list();
    }

    /** Passes every row to {@code reader}, in batches. */
    public void readAll(long job, Consumer<SeriesRow> reader) {
        int chunk = 1000;
        List<SeriesRow> rows = read(job, 0, chunk);
        while (!rows.isEmpty()) {
            rows.forEach(reader);
            rows = rows.size() < chunk
                    ? List.of()
                    : read(job, rows.get(rows.size() - 1).step(), chunk);
        }
    }

    private static Double[] doubles(List<Progress.Step> steps, Function<Progress.Step, @Nullable Double> value) {
        return steps.stream().map(value).toArray(Double[]::new);
    }

    /** PostgreSQL would store NaN, which JSON cannot express. */
    private static @Nullable Double finite(@Nullable Double value) {
        return value == null || !Double.isFinite(value) ? null : value;
    }

    /** A list for SQL: the format with the column of each figure. */
    private static String each(String format) {
        return Arrays.stream(Figure.values())
                .map(figure -> format.formatted(figure.wireName()))
                .collect(Collectors.joining(", "));
    }

    private static SeriesRow row(ResultSet row, int index) throws SQLException {
        Map<String, @Nullable Number> figures = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) {
            String column = figure.wireName();
            figures.put(column, figure.isCount() ? (Number) row.getLong(column) : row.getObject(column, Double.class));
        }
        return new SeriesRow(
                row.getInt("step"),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getDouble("seconds"),
                figures,
                row.getObject("valid_loss", Double.class),
                row.getObject("valid_accuracy", Double.class),
                row.getObject("valid_beta", Double.class),
                Metrics.fromJson(row.getString("metrics")),
                Metrics.fromJson(row.getString("valid_metrics")));
    }
}
