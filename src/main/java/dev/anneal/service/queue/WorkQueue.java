package dev.anneal.service.queue;

import dev.anneal.protocol.WireName;
import dev.anneal.service.access.quota.QuotaGate;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Operations of clients' requests on work. Every method runs in the caller's transaction, so that a job and its work
 * appear, change and fail together, and sees only rows that the caller's database role sees.
 */
@Component
public final class WorkQueue {

    private static final String INSERT = """
            INSERT INTO work (tenant_id, kind, method, state, priority, traceparent, models, devices, one_worker)
            VALUES (:tenant, :kind, :method, :state, :priority, :traceparent, :models, :devices, :oneWorker)
            RETURNING id
            """;

    private static final String READY = """
            UPDATE work
            SET state = 'QUEUED', run_at = clock_timestamp(), waits_for = NULL, waits_since = NULL, waits = 0
            WHERE id = :id AND state = 'VALIDATING'
            """;

    private static final String AWAIT = """
            UPDATE work
            SET waits_since = CASE WHEN waits_for ->> 'code' = :code THEN waits_since ELSE clock_timestamp() END,
                waits = CASE WHEN waits_for ->> 'code' = :code THEN waits ELSE 0 END + 1,
                waits_for = %s
            WHERE id = :id AND state = 'VALIDATING'
            RETURNING waits
            """.formatted(ErrorColumn.FROM_PARAMETERS);

    private static final String AWAIT_NOTHING = """
            UPDATE work
            SET waits_for = NULL, waits_since = NULL, waits = 0
            WHERE id = :id AND state = 'VALIDATING' AND waits > 0
            """;

    private static final String REJECT = """
            UPDATE work
            SET state = 'FAILED', finished_at = clock_timestamp(), error = %s
            WHERE id = :id AND state = 'VALIDATING'
            RETURNING method, state
            """.formatted(ErrorColumn.FROM_PARAMETERS);

    /** Running work gets a wish, which replaces a wish to pause; other work that is not final ends at once. */
    private static final String CANCEL = """
            UPDATE work
            SET state = CASE state WHEN 'RUNNING' THEN state ELSE 'CANCELLED' END,
                finished_at = CASE state WHEN 'RUNNING' THEN NULL ELSE clock_timestamp() END,
                wish = CASE state WHEN 'RUNNING' THEN 'CANCEL' END,
                wish_at = CASE WHEN state = 'RUNNING' THEN
                    CASE wish WHEN 'CANCEL' THEN wish_at ELSE clock_timestamp() END END
            WHERE id = :id AND state IN ('VALIDATING', 'QUEUED', 'PAUSED', 'RUNNING')
            RETURNING method, state
            """;

    /** Running work gets a wish; queued work is paused at once, even if its last attempt was lost while pausing. */
    private static final String PAUSE = """
            UPDATE work
            SET state = CASE state WHEN 'RUNNING' THEN state ELSE 'PAUSED' END,
                wish = CASE state WHEN 'RUNNING' THEN 'PAUSE' END,
                wish_at = CASE state WHEN 'RUNNING' THEN coalesce(wish_at, clock_timestamp()) END
            WHERE id = :id
              AND kind = 'TRAIN'
              AND (state IN ('QUEUED', 'PAUSED') OR (state = 'RUNNING' AND wish IS DISTINCT FROM 'CANCEL'))
            RETURNING method, state
            """;

    /**
     * A training that is paused, or failed through no fault of its own, continues from its newest checkpoint, with all
     * retries after failures of the platform.
     */
    private static final String RESUME = """
            UPDATE work
            SET state = 'QUEUED',
                run_at = clock_timestamp(),
                finished_at = NULL,
                error = NULL,
                swept = false,
                waits_for = NULL,
                waits_since = NULL,
                waits = 0,
                user_retries = CASE state WHEN 'FAILED' THEN 0 ELSE user_retries END,
                platform_retries = 0
            WHERE id = :id
              AND kind = 'TRAIN'
              AND (state = 'PAUSED' OR (state = 'FAILED' AND error ->> 'origin' <> 'USER' AND lease_token > 0))
            RETURNING method, state
            """;

    /** Steps come from the lease while the work runs, and from the last attempt afterwards. */
    private static final String FIND =
            """
            SELECT work.*,
                   coalesce(lease.step, attempt.step) AS step,
                   coalesce(lease.saved_step, attempt.saved_step) AS saved_step,
                   work.waits_for ->> 'code' AS waiting_code,
                   work.waits_for ->> 'message' AS waiting_message,
                   %s,
                   %s
            FROM work
            LEFT JOIN lease ON lease.work_id = work.id
            LEFT JOIN attempt ON attempt.work_id = work.id AND attempt.lease_token = work.lease_token
            LEFT JOIN %s
            WHERE work.id = ANY (:ids)
            ORDER BY work.id
            """.formatted(ErrorColumn.fieldsOf("work"), WorkerStates.HELD_FIELDS, WorkerStates.HELD);

    private static final String ATTEMPTS = """
            SELECT attempt.*, %s
            FROM attempt
            WHERE work_id = ANY (:ids)
            ORDER BY work_id, lease_token
            """.formatted(ErrorColumn.fieldsOf("attempt"));

    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;
    private final QuotaGate quotas;

    WorkQueue(JdbcClient jdbc, ApplicationEventPublisher events, QuotaGate quotas) {
        this.jdbc = jdbc;
        this.events = events;
        this.quotas = quotas;
    }

    /**
     * Puts work into the queue and returns its id.
     *
     * @throws Refusal if that exceeds the tenant's quota
     */
    public long enqueue(NewWork work) {
        return insert(work, WorkState.QUEUED);
    }

    /**
     * Records work whose input is still being validated, until {@link #ready} or {@link #reject}. Refused as by
     * {@link #enqueue}.
     */
    public long enqueueValidating(NewWork work) {
        return insert(work, WorkState.VALIDATING);
    }

    /**
     * Makes the work claimable; false if it was not VALIDATING, because another call was first or its client cancelled
     * it.
     */
    public boolean ready(long id) {
        return jdbc.sql(READY).param("id", id).update() == 1;
    }

    /** Records what VALIDATING work waits for, and returns whether that is new. */
    public boolean await(long id, WorkError fault) {
        return jdbc.sql(AWAIT)
                .param("id", id)
                .params(ErrorColumn.parameters(fault))
                .query(Integer.class)
                .optional()
                .filter(waits -> waits == 1)
                .isPresent();
    }

    /** Records that VALIDATING work no longer waits. */
    public void awaitNothing(long id) {
        jdbc.sql(AWAIT_NOTHING).param("id", id).update();
    }

    /** Fails work with invalid input; false if it was not VALIDATING. */
    public boolean reject(long id, WorkError error) {
        Optional<WorkEnd> end = jdbc.sql(REJECT)
                .param("id", id)
                .params(ErrorColumn.parameters(error))
                .query(WorkEnd::read)
                .optional()
                .map(rejected -> rejected.because(error));
        end.ifPresent(events::publishEvent);
        return end.isPresent();
    }

    /**
     * Cancels the work: at once, or by its worker if it runs. Repeating the call on running work changes nothing.
     *
     * @return CANCELLED, or RUNNING if the worker has yet to stop
     * @throws Refusal {@code job_already_final}
     */
    public WorkState cancel(long id) {
        return change(CANCEL, id)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.JOB_ALREADY_FINAL,
                        "Only what has not ended can be cancelled; this is %s.".formatted(describe(id))));
    }

    /**
     * Pauses training work: at once if it is queued, or after its worker has saved a checkpoint. Repeating the call
     * changes nothing.
     *
     * @return PAUSED, or RUNNING if the worker has yet to save and stop
     * @throws Refusal {@code job_not_pausable}
     */
    public WorkState pause(long id) {
        return change(PAUSE, id)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.JOB_NOT_PAUSABLE,
                        "Only a queued or running training can be paused; this one is %s.".formatted(describe(id))));
    }

    /**
     * Puts a training that is paused, or failed because of the platform, back into the queue.
     *
     * @return QUEUED
     * @throws Refusal {@code job_not_resumable}, or if resuming failed training exceeds the tenant's quota
     */
    public WorkState resume(long id) {
        find(id).filter(work -> work.state() == WorkState.FAILED).ifPresent(work -> quotas.admitJob(work.tenantId()));
        return change(RESUME, id)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.JOB_NOT_RESUMABLE,
                        ("Only a job that is paused, or that failed by a fault of the platform"
                                        + " (anneal.failure.retryable), can be resumed; this one is %s.")
                                .formatted(describe(id))));
    }

    /** The work with this id, if any. */
    public Optional<Work> find(long id) {
        return findAll(List.of(id)).stream().findFirst();
    }

    /** Existing work with these ids, by id. */
    public List<Work> findAll(Collection<Long> ids) {
        return jdbc.sql(FIND)
                .param("ids", ids.toArray(Long[]::new))
                .query(WorkRows::work)
                .list();
    }

    /** Attempts of the work with these ids, by id, oldest first. */
    public List<Attempt> attempts(Collection<Long> ids) {
        return jdbc.sql(ATTEMPTS)
                .param("ids", ids.toArray(Long[]::new))
                .query(WorkRows::attempt)
                .list();
    }

    private long insert(NewWork work, WorkState state) {
        switch (work.kind()) {
            case TRAIN -> quotas.admitJob(work.tenantId());
            case EXPORT -> quotas.admitStorage(work.tenantId());
            case EVALUATE -> {}
        }
        return jdbc.sql(INSERT)
                .param("tenant", work.tenantId())
                .param("kind", work.kind().name())
                .param("method", work.method())
                .param("state", state.name())
                .param("priority", work.priority())
                .param("traceparent", work.traceparent())
                .param("models", work.models().toArray(String[]::new))
                .param("devices", work.devices())
                .param("oneWorker", work.ofOneWorker())
                .query(Long.class)
                .single();
    }

    private Optional<WorkState> change(String statement, long id) {
        Optional<WorkEnd> changed =
                jdbc.sql(statement).param("id", id).query(WorkEnd::read).optional();
        changed.ifPresent(events::publishEvent);
        return changed.map(WorkEnd::state);
    }

    private String describe(long id) {
        Work work = find(id).orElseThrow(() -> new IllegalArgumentException("there is no work " + id));
        Wish wish = work.wish();
        String state = work.state().wireName();
        return wish != null && work.state() == WorkState.RUNNING
                ? "%s and about to %s".formatted(state, WireName.of(wish))
                : state;
    }
}
