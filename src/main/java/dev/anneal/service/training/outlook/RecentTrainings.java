package dev.anneal.service.training.outlook;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Pace of the last trainings, of all tenants.
 *
 * @param paces by model
 * @param secondsPerJob mean duration of all of them; null if there are none
 */
record RecentTrainings(Map<String, Pace> paces, @Nullable Double secondsPerJob) {

    /**
     * Steps are recorded in batches, up to a second after their end. The start of the first one is the earliest time
     * implied by any of the first two hundred: its recording time minus the seconds of all steps until then. After the
     * last one follow a validation and a checkpoint. The operations of a job that has sampled completions are those
     * with the length that they had.
     */
    private static final String RECENT = """
            SELECT job.model,
                   count(*) AS jobs,
                   sum(extract(EPOCH FROM recent.finished_at - recent.claimed_at))::double precision AS seconds,
                   sum(greatest(0, extract(EPOCH FROM begun.at - recent.claimed_at)))::double precision
                       AS start_seconds,
                   sum(progress.validations) AS validations,
                   sum(progress.validation_seconds) AS validation_seconds,
                   sum(progress.checkpoints) AS checkpoints,
                   sum(progress.checkpoint_seconds) AS checkpoint_seconds,
                   sum(greatest(0, coalesce(extract(EPOCH FROM recent.finished_at - last.recorded_at)::double precision
                                            - coalesce(progress.validation_seconds / nullif(progress.validations, 0), 0)
                                            - coalesce(progress.checkpoint_seconds
                                                       / nullif(progress.checkpoints, 0), 0),
                                            0)))
                       AS closing_seconds,
                   coalesce(sum(coalesce(
                       cost.shortest + (cost.longest - cost.shortest) * (begun.completion_tokens - 1)
                           / greatest(1, cost.most - 1),
                       cost.operations)), 0) AS operations
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
                SELECT (job.settings #>> '{cost,operations}')::double precision AS operations,
                       (job.settings #>> '{cost,completions,shortest}')::double precision AS shortest,
                       (job.settings #>> '{cost,completions,longest}')::double precision AS longest,
                       (job.settings #>> '{cost,completions,most}')::double precision AS most
            ) AS cost
            CROSS JOIN LATERAL (
                SELECT min(recorded_at - make_interval(secs => computed)) AS at,
                       avg(completion_tokens) AS completion_tokens
                FROM (
                    SELECT recorded_at, (metrics ->> 'completions/mean_length')::double precision AS completion_tokens,
                           sum(seconds) OVER (ORDER BY step) AS computed
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
        List<Sums> models = jdbc.sql(RECENT).query(Sums.class).list();
        Map<String, Pace> paces = new HashMap<>();
        models.forEach(model -> model.pace().ifPresent(pace -> paces.put(model.model(), pace)));
        long jobs = models.stream().mapToLong(Sums::jobs).sum();
        double seconds = models.stream().mapToDouble(Sums::seconds).sum();
        return new RecentTrainings(paces, jobs == 0 ? null : (Double) (seconds / jobs));
    }

    /** Sums over all recent trainings of a model. */
    private record Sums(
            String model,
            long jobs,
            double seconds,
            double startSeconds,
            long validations,
            double validationSeconds,
            long checkpoints,
            double checkpointSeconds,
            double closingSeconds,
            double operations) {

        Optional<Pace> pace() {
            double computing = seconds - startSeconds - validationSeconds - checkpointSeconds - closingSeconds;
            return operations > 0 && computing > 0
                    ? Optional.of(new Pace(
                            startSeconds / jobs,
                            operations / computing,
                            validationSeconds / Math.max(1, validations),
                            checkpointSeconds / Math.max(1, checkpoints),
                            closingSeconds / jobs))
                    : Optional.empty();
        }
    }
}
