package dev.anneal.service.training.history;

import dev.anneal.protocol.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Series of a job's steps and validations. A step that a later attempt repeats replaces the earlier one. */
@Component
public final class Series {

    /** One statement for a batch, because steps of small models are too fast for single inserts. */
    private static final String RECORD_STEPS = """
            INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, loss, token_accuracy, learning_rate,
                                  gradient_norm, beta, trained_tokens, tokens, shared_tokens, tokens_per_second,
                                  seconds, metrics)
            SELECT progress.job_id, batch.step, progress.tenant_id, clock_timestamp(), batch.epoch, batch.loss,
                   batch.token_accuracy, batch.learning_rate, batch.gradient_norm, batch.beta, batch.trained_tokens,
                   batch.tokens, batch.shared_tokens, batch.tokens_per_second, batch.seconds, batch.metrics::jsonb
            FROM job_progress AS progress,
                 unnest(:steps::integer[], :epochs::double precision[], :losses::double precision[],
                        :accuracies::double precision[], :rates::double precision[], :norms::double precision[],
                        :betas::double precision[], :trainedTokens::bigint[], :tokens::bigint[],
                        :sharedTokens::bigint[], :speeds::double precision[], :seconds::double precision[],
                        :metrics::text[])
                     AS batch (step, epoch, loss, token_accuracy, learning_rate, gradient_norm, beta, trained_tokens,
                               tokens, shared_tokens, tokens_per_second, seconds, metrics)
            WHERE progress.job_id = :job
            ON CONFLICT (job_id, step) DO UPDATE
            SET recorded_at = EXCLUDED.recorded_at,
                epoch = EXCLUDED.epoch,
                loss = EXCLUDED.loss,
                token_accuracy = EXCLUDED.token_accuracy,
                learning_rate = EXCLUDED.learning_rate,
                gradient_norm = EXCLUDED.gradient_norm,
                beta = EXCLUDED.beta,
                trained_tokens = EXCLUDED.trained_tokens,
                tokens = EXCLUDED.tokens,
                shared_tokens = EXCLUDED.shared_tokens,
                tokens_per_second = EXCLUDED.tokens_per_second,
                seconds = EXCLUDED.seconds,
                metrics = EXCLUDED.metrics
            """;

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
                   count(*) FILTER (WHERE learning_rate > 0 AND gradient_norm > 0) AS moving,
                   count(*) FILTER (WHERE learning_rate > 0 AND gradient_norm = 0 AND loss > 0) AS idle,
                   avg(loss) FILTER (WHERE step <= :window) AS first_loss,
                   min(loss) FILTER (WHERE step > :total - :window) AS last_loss
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
            SELECT step.step, step.recorded_at, step.epoch, step.loss, step.token_accuracy, step.learning_rate,
                   step.gradient_norm, step.beta, step.trained_tokens, step.tokens, step.shared_tokens,
                   step.tokens_per_second, step.seconds, step.metrics, validation.loss AS valid_loss,
                   validation.token_accuracy AS valid_accuracy, validation.beta AS valid_beta,
                   validation.metrics AS valid_metrics
            FROM job_step AS step
            LEFT JOIN job_validation AS validation ON validation.job_id = step.job_id AND validation.step = step.step
            WHERE step.job_id = :job AND step.step > :after
            ORDER BY step.step
            LIMIT :limit
            """;

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
        jdbc.sql(RECORD_STEPS)
                .param("job", job)
                .param("steps", steps.stream().map(Progress.Step::step).toArray(Integer[]::new))
                .param("epochs", doubles(steps, Progress.Step::epoch))
                .param("losses", doubles(steps, step -> finite(step.loss())))
                .param("accuracies", doubles(steps, step -> finite(step.tokenAccuracy())))
                .param("rates", doubles(steps, Progress.Step::learningRate))
                .param("norms", doubles(steps, step -> finite(step.gradientNorm())))
                .param("betas", doubles(steps, Progress.Step::beta))
                .param(
                        "trainedTokens",
                        steps.stream().map(Progress.Step::trainedTokens).toArray(Long[]::new))
                .param("tokens", steps.stream().map(Progress.Step::tokens).toArray(Long[]::new))
                .param(
                        "sharedTokens",
                        steps.stream().map(Progress.Step::sharedTokens).toArray(Long[]::new))
                .param("speeds", doubles(steps, Progress.Step::tokensPerSecond))
                .param("seconds", doubles(steps, Progress.Step::seconds))
                .param(
                        "metrics",
                        steps.stream()
                                .map(step -> Metrics.toJson(step.metrics()))
                                .toArray(String[]::new))
                .update();
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
        jdbc.sql(interlude.kind() == Progress.Interlude.Kind.VALIDATION ? VALIDATION_TIME : CHECKPOINT_TIME)
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

    private static SeriesRow row(ResultSet row, int index) throws SQLException {
        return new SeriesRow(
                row.getInt("step"),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getDouble("epoch"),
                row.getObject("loss", Double.class),
                row.getObject("token_accuracy", Double.class),
                row.getDouble("learning_rate"),
                row.getObject("gradient_norm", Double.class),
                row.getDouble("beta"),
                row.getLong("trained_tokens"),
                row.getLong("tokens"),
                row.getLong("shared_tokens"),
                row.getDouble("tokens_per_second"),
                row.getDouble("seconds"),
                row.getObject("valid_loss", Double.class),
                row.getObject("valid_accuracy", Double.class),
                row.getObject("valid_beta", Double.class),
                Metrics.fromJson(row.getString("metrics")),
                Metrics.fromJson(row.getString("valid_metrics")));
    }
}
