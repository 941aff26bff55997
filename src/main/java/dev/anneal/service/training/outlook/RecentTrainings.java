package dev.anneal.service.training.outlook;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How the last trainings went, across tenants.
 *
 * @param paces by model
 * @param secondsPerJob of all of them, on the mean; null if there are none
 */
record RecentTrainings(Map<String, Pace> paces, @Nullable Double secondsPerJob) {

    /**
     * Steps are recorded together, up to a second after their end. The first one began at the earliest time that any of the first two hundred
     * tells: when it was recorded, less the seconds of all steps until then. After the last one come a validation and a checkpoint.
     */
    private static final String RECENT = """
            SELECT job.model,
                   count(*) AS jobs,
                   sum(extract(EPOCH FROM recent.finished_at - recent.claimed_at))::double precision AS seconds,
                   sum(greatest(0, extract(EPOCH FROM begun.at - recent.claimed_at)))::double precision AS start_seconds,
                   sum(progress.validations) AS validations,
                   sum(progress.validation_seconds) AS validation_seconds,
                   sum(progress.checkpoints) AS checkpoints,
                   sum(progress.checkpoint_seconds) AS checkpoint_seconds,
                   sum(greatest(0, coalesce(extract(EPOCH FROM recent.finished_at - last.recorded_at)::double precision
                                            - coalesce(progress.validation_seconds / nullif(progress.validations, 0), 0)
                                            - coalesce(progress.checkpoint_seconds / nullif(progress.checkpoints, 0), 0), 0)))
                       AS closing_seconds,
                   sum((job.settings -> 'cost' ->> 'operations')::double precision) AS operations
            FROM (
                SELECT id, claimed_at, finished_at
                FROM work
                WHERE kind = 'TRAIN' AND state = 'SUCCEEDED' AND lease_token = 1
                ORDER BY finished_at DESC
                LIMIT 50
            ) AS recent
            JOIN job ON job.work_id = recent.id
            JOIN job_progress AS progress ON progress.job_id = job.id
            LEFT JOIN job_step AS last ON last.job_id = job.id AND last.step = job.total_steps
            CROSS JOIN LATERAL (
                SELECT min(recorded_at - make_interval(secs => computed)) AS at
                FROM (
                    SELECT recorded_at, sum(seconds) OVER (ORDER BY step) AS computed
                    FROM job_step
                    WHERE job_id = job.id AND step <= 200
                ) AS step
            ) AS begun
            WHERE begun.at IS NOT NULL
            GROUP BY job.model
            """;

    RecentTrainings {
        paces = Map.copyOf(paces);
    }

    static RecentTrainings look(JdbcClient jdbc) {
        List<Sums> models =
                jdbc.sql(RECENT).query((row, number) -> Sums.of(row)).list();
        Map<String, Pace> paces = new HashMap<>();
        models.forEach(model -> model.pace().ifPresent(pace -> paces.put(model.name(), pace)));
        long jobs = models.stream().mapToLong(Sums::jobs).sum();
        double seconds = models.stream().mapToDouble(Sums::seconds).sum();
        return new RecentTrainings(paces, jobs == 0 ? null : (Double) (seconds / jobs));
    }

    /** Of all recent trainings of a model. */
    private record Sums(
            String name,
            long jobs,
            double seconds,
            double operations,
            double start,
            Interludes between,
            double closing) {

        /** What is no step of a training: validations and checkpoints, with the seconds that they took. */
        private record Interludes(long validations, double validating, long checkpoints, double saving) {}

        static Sums of(ResultSet row) throws SQLException {
            return new Sums(
                    Objects.requireNonNull(row.getString("model")),
                    row.getLong("jobs"),
                    row.getDouble("seconds"),
                    row.getDouble("operations"),
                    row.getDouble("start_seconds"),
                    new Interludes(
                            row.getLong("validations"),
                            row.getDouble("validation_seconds"),
                            row.getLong("checkpoints"),
                            row.getDouble("checkpoint_seconds")),
                    row.getDouble("closing_seconds"));
        }

        Optional<Pace> pace() {
            double computing = seconds - start - between.validating() - between.saving() - closing;
            return operations > 0 && computing > 0
                    ? Optional.of(new Pace(
                            start / jobs,
                            operations / computing,
                            between.validating() / Math.max(1, between.validations()),
                            between.saving() / Math.max(1, between.checkpoints()),
                            closing / jobs))
                    : Optional.empty();
        }
    }
}
