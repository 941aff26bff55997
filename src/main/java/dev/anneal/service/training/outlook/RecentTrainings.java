package dev.anneal.service.training.outlook;

import dev.anneal.service.training.outlook.ExpectedDuration.Basis;
import dev.anneal.service.training.settings.TrainingCost;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The last trainings of all tenants. */
record RecentTrainings(List<OfModel> models) {

    /**
     * Steps are recorded in batches, up to a second after their end. The start of the first one is the earliest time
     * implied by any of the first two hundred: its recording time minus the seconds of all steps until then. After the
     * last one follow a validation and a checkpoint. The operations of a job that has sampled completions are those
     * with the length that they had.
     */
    private static final String RECENT = """
            SELECT job.model,
                   (array_agg(cost.precision ORDER BY recent.finished_at DESC))[1] AS precision,
                   max(cost.width) AS width,
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
                       job.settings #>> '{cost,precision}' AS precision,
                       (job.settings #>> '{cost,width}')::integer AS width,
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
        models = List.copyOf(models);
    }

    static RecentTrainings look(JdbcClient jdbc) {
        return new RecentTrainings(jdbc.sql(RECENT).query(OfModel.class).list());
    }

    /** Mean duration of all of them; null if there are none. */
    @Nullable
    Double secondsPerJob() {
        long jobs = models.stream().mapToLong(OfModel::jobs).sum();
        double seconds = models.stream().mapToDouble(OfModel::seconds).sum();
        return jobs == 0 ? null : (Double) (seconds / jobs);
    }

    /** Pace of the model's own trainings; null if there are none. */
    @Nullable
    TrainingPace own(String model) {
        return timed().filter(past -> past.model().equals(model))
                .map(OfModel::pace)
                .findFirst()
                .orElse(null);
    }

    /**
     * The model's own pace, otherwise that of the other model in the same precision whose width is nearest by ratio;
     * null if there is none.
     */
    @Nullable
    TrainingPace pace(String model, TrainingCost cost) {
        TrainingPace own = own(model);
        return own != null
                ? own
                : timed().filter(past -> past.precision().equals(cost.precision()))
                        .min(Comparator.comparingDouble(
                                past -> Math.abs(Math.log((double) past.width() / cost.width()))))
                        .map(OfModel::paceOfOthers)
                        .orElse(null);
    }

    private Stream<OfModel> timed() {
        return models.stream().filter(past -> past.operations() > 0 && past.computingSeconds() > 0);
    }

    /**
     * Sums over all recent trainings of a model.
     *
     * @param precision arithmetic of the newest one
     * @param width width of the residual stream
     */
    record OfModel(
            String model,
            String precision,
            int width,
            long jobs,
            double seconds,
            double startSeconds,
            long validations,
            double validationSeconds,
            long checkpoints,
            double checkpointSeconds,
            double closingSeconds,
            double operations) {

        private double computingSeconds() {
            return seconds - startSeconds - validationSeconds - checkpointSeconds - closingSeconds;
        }

        private TrainingPace pace() {
            return pace(Basis.PAST_JOBS, computingSeconds(), validationSeconds / Math.max(1, validations));
        }

        /** Pace for other models, whose validations take other times: they count by their operations. */
        private TrainingPace paceOfOthers() {
            return pace(Basis.OTHER_MODELS, computingSeconds() + validationSeconds, 0);
        }

        private TrainingPace pace(Basis basis, double computing, double validation) {
            return new TrainingPace(
                    basis,
                    startSeconds / jobs,
                    operations / computing,
                    validation,
                    checkpointSeconds / Math.max(1, checkpoints),
                    closingSeconds / jobs);
        }
    }
}
