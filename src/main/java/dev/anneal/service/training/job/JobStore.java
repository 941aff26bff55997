package dev.anneal.service.training.job;

import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of jobs. Every method runs in its caller's transaction, with that transaction's role. */
@Component
public final class JobStore {

    private static final String INSERT = """
            WITH made AS (
                INSERT INTO job (tenant_id, external_id, work_id, created_at, model, training_file, validation_file,
                                 metadata, request, init_checkpoint_id, init_file, idempotency_key, body_digest,
                                 base_revision, target_model, target_revision, target_checkpoint_id,
                                 draft_checkpoint_id)
                VALUES (:tenant, :id, :work, clock_timestamp(), :model, :trainingFile, :validationFile,
                        CAST(:metadata AS jsonb), CAST(:request AS jsonb), :initCheckpoint, :initFile, :key, :digest,
                        :revision, :targetModel, :targetRevision, :targetCheckpoint, :draftCheckpoint)
                RETURNING id, tenant_id
            )
            INSERT INTO job_progress (job_id, tenant_id)
            SELECT id, tenant_id
            FROM made
            RETURNING job_id
            """;

    /** Keys of jobs and of their work. */
    private static final String KEYS = "SELECT id, work_id FROM job WHERE ";

    private static final String BY_ID = KEYS + "external_id = :value";
    private static final String BY_WORK = KEYS + "work_id = :value";
    private static final String BY_NUMBER = KEYS + "id = :value";
    private static final String BY_KEY = KEYS + "idempotency_key = :value";

    private static final String IN_STATE = """
            SELECT job.id, job.work_id
            FROM (SELECT id FROM work WHERE state = :state AND slot = 'TRAINING' LIMIT :limit) AS sampled
            JOIN job ON job.work_id = sampled.id
            """;

    private static final String BY_DIGEST = KEYS + """
            body_digest = :digest AND created_at > clock_timestamp() - make_interval(secs => :seconds)
            ORDER BY external_id DESC
            LIMIT 1
            """;

    /** The pace is the mean of the last 20 steps, which excludes a slow start and smooths varying row lengths. */
    private static final String SELECT = """
            SELECT job.id, job.external_id, job.tenant_id, job.work_id, job.created_at, job.request, job.base_revision,
                   job.settings, job.target_model, job.target_revision, job.target_checkpoint_id,
                   job.init_checkpoint_id, job.init_file, job.draft_checkpoint_id,
                   progress.device, progress.device_bytes, progress.device_peak_bytes,
                   progress.step, latest.epoch, latest.tokens, latest.shared_tokens, recent.tokens_per_second,
                   recent.seconds_per_step, progress.validations, progress.validation_seconds, progress.checkpoints,
                   progress.checkpoint_seconds,
                   extract(EPOCH FROM clock_timestamp() - latest.recorded_at)::double precision AS step_age,
                   job.trained_tokens, job.result_file, tuned_model.name AS fine_tuned_model,
                   EXISTS (SELECT FROM checkpoint WHERE checkpoint.job_id = job.id AND checkpoint.beta = 0)
                       AS has_mergeable
            FROM job
            JOIN job_progress AS progress ON progress.job_id = job.id
            LEFT JOIN tuned_model ON tuned_model.job_id = job.id
            LEFT JOIN job_step AS latest ON latest.job_id = job.id AND latest.step = progress.step
            LEFT JOIN LATERAL (
                SELECT avg(seconds) AS seconds_per_step,
                       sum(tokens_per_second * seconds) / nullif(sum(seconds), 0) AS tokens_per_second
                FROM job_step
                WHERE job_step.job_id = job.id AND job_step.step BETWEEN progress.step - 19 AND progress.step
            ) AS recent ON true
            WHERE job.id = ANY (:jobs)
            ORDER BY array_position(:jobs, job.id)
            """;

    private static final String COUNTS = "SELECT state, count(*) AS jobs FROM work WHERE kind = 'TRAIN' GROUP BY state";

    private static final String DIGEST = "SELECT body_digest FROM job WHERE id = :job";

    private static final String NUMBER_OF = "SELECT id FROM job WHERE work_id = :work";

    private static final String COMPLETE = """
            UPDATE job
            SET result_file = :resultFile,
                trained_tokens = (SELECT coalesce(max(trained_tokens), 0) FROM job_step WHERE job_id = :job)
            WHERE id = :job
            """;

    private static final String SETTLE = """
            UPDATE job
            SET settings = CAST(:settings AS jsonb), total_steps = :totalSteps, annealed_at_step = :annealedAt
            WHERE id = :job
            """;

    /** Serialises repeated requests, so that the second one finds the job of the first. */
    private static final String LOCK_REQUEST = "SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))";

    private final JdbcClient jdbc;
    private final WorkQueue queue;

    JobStore(JdbcClient jdbc, WorkQueue queue) {
        this.jdbc = jdbc;
        this.queue = queue;
    }

    /** Locks the request until the end of the transaction. */
    public void lockRequest(String name) {
        jdbc.sql(LOCK_REQUEST).param("name", name).query((row, index) -> true).single();
    }

    /** Inserts a job and returns its internal key. */
    public long insert(String tenantId, String id, long workId, AdmittedJob job, Submission submission) {
        JobRequest request = job.request();
        InitialAdapter initial = job.initialAdapter();
        PairedModel target = job.target();
        PairedModel draft = job.draft();
        return jdbc.sql(INSERT)
                .param("tenant", tenantId)
                .param("id", id)
                .param("work", workId)
                .param("model", request.model())
                .param("trainingFile", request.trainingFile())
                .param("validationFile", request.validationFile())
                .param("metadata", JsonColumn.write(request.metadata()))
                .param("request", JsonColumn.write(request))
                .param(
                        "initCheckpoint",
                        initial == null ? null : initial.origin().checkpoint())
                .param("initFile", initial == null ? null : initial.origin().fileId())
                .param("revision", job.model().revision())
                .param("targetModel", target == null ? null : target.base().id())
                .param("targetRevision", target == null ? null : target.base().revision())
                .param("targetCheckpoint", target == null ? null : target.checkpoint())
                .param("draftCheckpoint", draft == null ? null : draft.checkpoint())
                .param("key", submission.idempotencyKey())
                .param("digest", submission.bodyDigest())
                .query(Long.class)
                .single();
    }

    public Optional<Job> byId(String id) {
        return one(BY_ID, id);
    }

    public Optional<Job> byWork(long workId) {
        return one(BY_WORK, workId);
    }

    /** Jobs in this state, of all tenants that the transaction's role sees. */
    public List<Job> inState(WorkState state, int limit) {
        return read(jdbc.sql(IN_STATE).param("state", state.name()).param("limit", limit));
    }

    public Optional<Job> byNumber(long number) {
        return one(BY_NUMBER, number);
    }

    public Optional<Job> byIdempotencyKey(String key) {
        return one(BY_KEY, key);
    }

    /** The newest job of the last {@code seconds} whose request had the same body. */
    public Optional<Job> byDigest(String digest, double seconds) {
        return read(jdbc.sql(BY_DIGEST).param("digest", digest).param("seconds", seconds)).stream()
                .findFirst();
    }

    public String digestOf(long job) {
        return jdbc.sql(DIGEST).param("job", job).query(String.class).single();
    }

    /** Jobs in the order of their creation, at most one more than the limit. */
    public List<Job> page(PageRequest request, JobFilter filter) {
        return read(jdbc.sql(filter.page(request)).params(filter.parameters(request)));
    }

    /** How many jobs are in each state; states without a job are left out. */
    public Map<WorkState, Long> counts() {
        return jdbc
                .sql(COUNTS)
                .query((row, index) -> Map.entry(WorkState.valueOf(row.getString("state")), row.getLong("jobs")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Stores the resolved settings. */
    public void settle(long job, ResolvedSettings settings) {
        jdbc.sql(SETTLE)
                .param("job", job)
                .param("settings", JsonColumn.write(settings))
                .param("totalSteps", settings.training().totalSteps())
                .param("annealedAt", settings.annealedAtStep())
                .update();
    }

    /** Internal key of the job with this work. */
    public long numberOf(long workId) {
        return jdbc.sql(NUMBER_OF)
                .param("work", workId)
                .query(Long.class)
                .optional()
                .orElseThrow(() -> new IllegalArgumentException("work " + workId + " belongs to no job"));
    }

    public void complete(long job, String resultFile) {
        jdbc.sql(COMPLETE).param("job", job).param("resultFile", resultFile).update();
    }

    private Optional<Job> one(String query, Object value) {
        return read(jdbc.sql(query).param("value", value)).stream().findFirst();
    }

    /** Internal keys of a job and its work. */
    private record Key(long id, long workId) {}

    /** Reads work before jobs, so that queued ones have their settings and succeeded ones their result. */
    private List<Job> read(JdbcClient.StatementSpec query) {
        List<Key> keys = query.query(Key.class).list();
        if (keys.isEmpty()) {
            return List.of();
        }
        Map<Long, Work> work = queue.findAll(keys.stream().map(Key::workId).toList()).stream()
                .collect(Collectors.toMap(Work::id, Function.identity()));
        return jdbc.sql(SELECT)
                .param("jobs", keys.stream().map(Key::id).toArray(Long[]::new))
                .query((row, index) -> job(row, Objects.requireNonNull(work.get(row.getLong("work_id")))))
                .list();
    }

    private static Job job(ResultSet row, Work work) throws SQLException {
        String settings = row.getString("settings");
        return new Job(
                row.getLong("id"),
                row.getString("external_id"),
                row.getString("tenant_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                JsonColumn.read(row.getString("request"), JobRequest.class),
                row.getString("base_revision"),
                target(row),
                initialAdapter(row),
                row.getObject("draft_checkpoint_id", Long.class),
                settings == null ? null : JsonColumn.read(settings, ResolvedSettings.class),
                pace(row),
                row.getBoolean("has_mergeable"),
                result(row),
                work);
    }

    private static Job.Pace pace(ResultSet row) throws SQLException {
        return new Job.Pace(
                row.getInt("step"),
                row.getObject("epoch", Double.class),
                row.getLong("tokens"),
                row.getLong("shared_tokens"),
                row.getObject("tokens_per_second", Double.class),
                row.getObject("seconds_per_step", Double.class),
                new Job.Interludes(
                        row.getInt("validations"),
                        row.getDouble("validation_seconds"),
                        row.getInt("checkpoints"),
                        row.getDouble("checkpoint_seconds"),
                        row.getDouble("step_age")),
                deviceMemory(row));
    }

    private static @Nullable DraftTarget target(ResultSet row) throws SQLException {
        String base = row.getString("target_model");
        return base == null
                ? null
                : new DraftTarget(
                        base, row.getString("target_revision"), row.getObject("target_checkpoint_id", Long.class));
    }

    private static InitialAdapter.@Nullable Origin initialAdapter(ResultSet row) throws SQLException {
        Long checkpoint = row.getObject("init_checkpoint_id", Long.class);
        String file = row.getString("init_file");
        return checkpoint == null && file == null ? null : new InitialAdapter.Origin(checkpoint, file);
    }

    private static Job.@Nullable DeviceMemory deviceMemory(ResultSet row) throws SQLException {
        String device = row.getString("device");
        return device == null
                ? null
                : new Job.DeviceMemory(device, row.getLong("device_bytes"), row.getLong("device_peak_bytes"));
    }

    private static Job.@Nullable Result result(ResultSet row) throws SQLException {
        String model = row.getString("fine_tuned_model");
        return model == null
                ? null
                : new Job.Result(model, row.getLong("trained_tokens"), row.getString("result_file"));
    }
}
