package dev.anneal.service.training.history;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The events of jobs. Appending one locks the job's row of progress until the transaction ends, so that events of a job
 * are committed in the order of their numbers: a reader that has seen number n has seen all before it.
 */
@Component
public final class Events {

    private static final String APPEND = """
            WITH counted AS (
                UPDATE job_progress
                SET events = events + 1
                WHERE job_id = :job
                RETURNING tenant_id, events
            )
            INSERT INTO job_event (job_id, number, tenant_id, external_id, created_at, level, type, message, data)
            SELECT :job, events, tenant_id, :id, clock_timestamp(), :level, :type, :message, CAST(:data AS jsonb)
            FROM counted
            """;

    /** One statement for all messages, because each costs a round trip. */
    private static final String APPEND_INFO = """
            WITH counted AS (
                UPDATE job_progress
                SET events = events + cardinality(:ids)
                WHERE job_id = :job
                RETURNING tenant_id, events
            )
            INSERT INTO job_event (job_id, number, tenant_id, external_id, created_at, level, type, message)
            SELECT :job, events - cardinality(:ids) + nth, tenant_id, id, clock_timestamp(), 'info', 'message', message
            FROM counted, unnest(:ids, :messages) WITH ORDINALITY AS fresh (id, message, nth)
            """;

    private static final String NUMBER_OF = "SELECT number FROM job_event WHERE job_id = :job AND external_id = :id";

    private static final String AFTER = """
            SELECT number, external_id, created_at, level, message, data
            FROM job_event
            WHERE job_id = :job AND number > :number
            ORDER BY number
            LIMIT :limit
            """;

    private static final String BEFORE = """
            SELECT number, external_id, created_at, level, message, data
            FROM job_event
            WHERE job_id = :job AND number < :number
            ORDER BY number DESC
            LIMIT :limit
            """;

    private final JdbcClient jdbc;
    private final Identifiers identifiers;

    Events(JdbcClient jdbc, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.identifiers = identifiers;
    }

    public void append(long job, JobEvent.Level level, String message) {
        append(job, level, message, null);
    }

    /** Appends the messages in order. */
    public void info(long job, String... messages) {
        jdbc.sql(APPEND_INFO)
                .param("job", job)
                .param(
                        "ids",
                        Arrays.stream(messages)
                                .map(message -> identifiers.next("ftevent-"))
                                .toArray(String[]::new))
                .param("messages", messages)
                .update();
    }

    public void metrics(long job, String message, Map<String, Object> data) {
        append(job, JobEvent.Level.INFO, message, data);
    }

    private void append(long job, JobEvent.Level level, String message, @Nullable Map<String, Object> data) {
        jdbc.sql(APPEND)
                .param("job", job)
                .param("id", identifiers.next("ftevent-"))
                .param("level", WireName.of(level))
                .param("type", data == null ? "message" : "metrics")
                .param("message", message)
                .param("data", data == null ? null : JsonColumn.write(data))
                .update();
    }

    /** A page of the job's events, newest first unless the request says otherwise. */
    public Page<JobEvent> page(long job, PageRequest request) {
        int from = request.ascending() ? 0 : Integer.MAX_VALUE;
        int position = request.after() == null ? from : numberOf(job, request.after());
        return Page.of(read(request.ascending() ? AFTER : BEFORE, job, position, request.rowsToRead()), request);
    }

    /** The events that follow number {@code number}, oldest first. */
    public List<JobEvent> after(long job, int number, int limit) {
        return read(AFTER, job, number, limit);
    }

    /**
     * Number of an event of the job.
     *
     * @throws Refusal {@code invalid_cursor}
     */
    public int numberOf(long job, String eventId) {
        return jdbc.sql(NUMBER_OF)
                .param("job", job)
                .param("id", eventId)
                .query(Integer.class)
                .optional()
                .orElseThrow(() -> Refusal.invalidCursor("an event of this job", eventId));
    }

    private List<JobEvent> read(String query, long job, int position, int limit) {
        return jdbc.sql(query)
                .param("job", job)
                .param("number", position)
                .param("limit", limit)
                .query(Events::event)
                .list();
    }

    private static JobEvent event(ResultSet row, int index) throws SQLException {
        String data = row.getString("data");
        return new JobEvent(
                row.getInt("number"),
                row.getString("external_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                JobEvent.Level.valueOf(row.getString("level").toUpperCase(Locale.ROOT)),
                row.getString("message"),
                data == null ? null : JsonColumn.readMap(data));
    }
}
