package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.ErrorColumn;
import dev.anneal.service.queue.WorkEnd;
import dev.anneal.service.queue.WorkError;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends attempts: one statement changes the work, deletes its lease and closes the attempt. */
final class Endings {

    /** Completed by {@link #APPLY}: {@code held} are the rows to end, {@code decided} their new states. */
    private static final String HELD = """
            WITH held AS (
                SELECT id, lease_token, wish, user_retries, platform_retries
                FROM work
                WHERE %s
                FOR UPDATE
            ),
            """;

    private static final String SUCCEED = """
            decided AS (
                SELECT id, lease_token, 'SUCCEEDED' AS state, 'SUCCEEDED' AS outcome, NULL::jsonb AS error,
                       0 AS user_retries, 0 AS platform_retries, interval '0' AS delay
                FROM held
            ),
            """;

    private static final String GIVE_BACK = """
            decided AS (
                SELECT id, lease_token,
                       CASE wish WHEN 'CANCEL' THEN 'CANCELLED' WHEN 'PAUSE' THEN 'PAUSED' ELSE 'QUEUED' END AS state,
                       CASE wish WHEN 'CANCEL' THEN 'CANCELLED' WHEN 'PAUSE' THEN 'PAUSED' ELSE 'GIVEN_BACK' END
                           AS outcome,
                       NULL::jsonb AS error,
                       0 AS user_retries, 0 AS platform_retries, interval '0' AS delay
                FROM held
            ),
            """;

    /**
     * Shared with the rescue. {@code failed} has the rows with their error; each origin has its own budget. The first
     * lost worker causes no delay, because its lease has already been waited for; after further losses the work itself
     * may be the cause. A loss is excused, and uses no budget, if its worker was lost with other work as well. A fault
     * of the environment uses none either: the work waits without limit, with delays that grow while the same fault
     * persists.
     */
    static final String RETRY_OR_FAIL = """
            counted AS (
                SELECT failed.*,
                       failed.error ->> 'origin' = 'ENVIRONMENT' AS waits,
                       CASE work.waits_for ->> 'code' WHEN failed.error ->> 'code' THEN work.waits ELSE 0 END AS waited,
                       CASE failed.error ->> 'origin' WHEN 'USER' THEN failed.user_retries
                           ELSE failed.platform_retries END AS retries,
                       CASE failed.error ->> 'origin' WHEN 'USER' THEN :userBudget ELSE :platformBudget END AS budget
                FROM failed
                JOIN work ON work.id = failed.id
            ), decided AS (
                SELECT id, lease_token, outcome, error,
                       CASE WHEN wish = 'CANCEL' THEN 'CANCELLED' WHEN waits OR excused OR retries < budget
                           THEN 'QUEUED' ELSE 'FAILED' END AS state,
                       CASE WHEN error ->> 'origin' = 'USER' AND retries < budget THEN 1 ELSE 0 END AS user_retries,
                       CASE WHEN error ->> 'origin' = 'SYSTEM' AND NOT excused AND retries < budget THEN 1 ELSE 0 END
                           AS platform_retries,
                       CASE
                           WHEN waits THEN least(
                               make_interval(secs => :environmentDelay) * power(2, least(waited, 30)),
                               make_interval(secs => :maxEnvironmentDelay))
                           WHEN excused OR outcome = 'LOST' AND retries = 0 THEN interval '0'
                           ELSE least(
                               make_interval(secs => :retryDelay) * power(2, least(retries, 30)),
                               make_interval(secs => :maxRetryDelay))
                       END AS delay
                FROM counted
            ),
            """;

    private static final String FAIL = """
            failed AS (
                SELECT held.*, false AS excused, 'FAILED' AS outcome, %s AS error
                FROM held
            ),
            """.formatted(ErrorColumn.FROM_PARAMETERS) + RETRY_OR_FAIL;

    /** Work given back without a delay keeps its {@code run_at} and thus its position. */
    static final String APPLY = """
            ended AS (
                UPDATE work
                SET state = decided.state,
                    lease_owner = NULL,
                    deadline_at = NULL,
                    finished_at = CASE WHEN decided.state IN ('SUCCEEDED', 'FAILED', 'CANCELLED')
                        THEN clock_timestamp() END,
                    error = CASE decided.state WHEN 'FAILED' THEN decided.error END,
                    run_at = CASE WHEN delay > interval '0' THEN clock_timestamp() + delay ELSE run_at END,
                    wish = CASE decided.state WHEN 'QUEUED' THEN wish END,
                    wish_at = CASE decided.state WHEN 'QUEUED' THEN wish_at END,
                    user_retries = work.user_retries + decided.user_retries,
                    platform_retries = work.platform_retries + decided.platform_retries,
                    waits_for = %1$s decided.error END,
                    waits_since = %1$s CASE WHEN %2$s THEN work.waits_since ELSE clock_timestamp() END END,
                    waits = %1$s CASE WHEN %2$s THEN work.waits ELSE 0 END + 1 ELSE 0 END,
                    avoided_worker = %1$s work.lease_owner END,
                    -- As long again as the delay: where there is no other worker, this one goes on.
                    avoided_until = %1$s clock_timestamp() + 2 * delay END
                FROM decided
                WHERE work.id = decided.id AND work.lease_token = decided.lease_token AND work.state = 'RUNNING'
                RETURNING work.id, work.lease_token, work.lease_nonce, work.tenant_id, work.kind, work.method,
                          work.state, decided.outcome, decided.error
            ), gone AS (
                DELETE FROM lease
                USING ended
                WHERE lease.work_id = ended.id
                RETURNING lease.work_id, lease.step, lease.saved_step
            ), parted AS (
                DELETE FROM membership
                USING ended
                WHERE membership.work_id = ended.id
            ), closed AS (
                UPDATE attempt
                SET ended_at = clock_timestamp(),
                    outcome = ended.outcome,
                    error = ended.error,
                    step = gone.step,
                    saved_step = gone.saved_step
                FROM ended
                LEFT JOIN gone ON gone.work_id = ended.id
                WHERE attempt.work_id = ended.id AND attempt.lease_token = ended.lease_token
            )
            """.formatted(
                    "CASE WHEN decided.state = 'QUEUED' AND decided.error ->> 'origin' = 'ENVIRONMENT' THEN",
                    "work.waits_for ->> 'code' = decided.error ->> 'code'");

    private static final String RESULT = "SELECT method, state FROM ended";

    /** An attempt's outcome is written only once, so a repeated call finds its own. */
    private static final String EARLIER = """
            SELECT work.method, work.state
            FROM attempt
            JOIN work ON work.id = attempt.work_id
            WHERE attempt.work_id = :id
              AND (attempt.lease_token, attempt.lease_nonce) = (:token, :nonce)
              AND attempt.outcome = ANY (:outcomes)
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final LeaseProperties properties;
    private final ApplicationEventPublisher events;
    private final String held;

    Endings(JdbcClient jdbc, SystemDatabase system, LeaseProperties properties, ApplicationEventPublisher events) {
        this(jdbc, system, properties, events, Lease.FENCE);
    }

    /**
     * @param fence condition on the row to end; tests prove that a weaker one is detected
     */
    Endings(
            JdbcClient jdbc,
            SystemDatabase system,
            LeaseProperties properties,
            ApplicationEventPublisher events,
            String fence) {
        this.jdbc = jdbc;
        this.system = system;
        this.properties = properties;
        this.events = events;
        this.held = HELD.formatted(fence);
    }

    Ending succeed(Lease lease, Runnable writes) {
        return end(lease, SUCCEED, Map.of(), Set.of("SUCCEEDED"), writes, UnaryOperator.identity());
    }

    Ending giveBack(Lease lease, Runnable writes) {
        return end(
                lease,
                GIVE_BACK,
                Map.of(),
                Set.of("GIVEN_BACK", "PAUSED", "CANCELLED"),
                writes,
                UnaryOperator.identity());
    }

    Ending fail(Lease lease, WorkError error, Runnable writes) {
        Map<String, @Nullable Object> parameters = ErrorColumn.parameters(error);
        parameters.putAll(retryParameters(properties));
        return end(lease, FAIL, parameters, Set.of("FAILED"), writes, end -> end.because(error));
    }

    static Map<String, Object> retryParameters(LeaseProperties properties) {
        return Map.of(
                "userBudget", properties.userRetries(),
                "platformBudget", properties.platformRetries(),
                "retryDelay", Leases.seconds(properties.retryDelay()),
                "maxRetryDelay", Leases.seconds(properties.maxRetryDelay()),
                "environmentDelay", Leases.seconds(properties.environmentDelay()),
                "maxEnvironmentDelay", Leases.seconds(properties.maxEnvironmentDelay()));
    }

    private Ending end(
            Lease lease,
            String decision,
            Map<String, ? extends @Nullable Object> parameters,
            Set<String> outcomes,
            Runnable writes,
            UnaryOperator<WorkEnd> explained) {
        return system.call(() -> {
            Optional<WorkEnd> end = jdbc.sql(held + decision + APPLY + RESULT)
                    .params(lease.parameters())
                    .params(parameters)
                    .query(WorkEnd::read)
                    .optional()
                    .map(explained);
            if (end.isEmpty()) {
                return earlier(lease, outcomes, explained);
            }
            writes.run();
            events.publishEvent(end.get());
            return new Ending(Ending.Result.APPLIED, end.get().state());
        });
    }

    /** The call that ended the attempt got no answer, so listeners have not been notified. */
    private Ending earlier(Lease lease, Set<String> outcomes, UnaryOperator<WorkEnd> explained) {
        Optional<WorkEnd> end = jdbc.sql(EARLIER)
                .params(lease.parameters())
                .param("outcomes", outcomes.toArray(String[]::new))
                .query(WorkEnd::read)
                .optional()
                .map(explained);
        end.ifPresent(events::publishEvent);
        return end.map(found -> new Ending(Ending.Result.REPEATED, found.state()))
                .orElse(Ending.STALE);
    }
}
