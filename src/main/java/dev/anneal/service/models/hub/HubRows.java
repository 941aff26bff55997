package dev.anneal.service.models.hub;

import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of the table {@code base_model}. A pull is identified by the time of its request: after a later request its
 * writes have no effect.
 */
@Component
final class HubRows {

    private static final String SELECT = """
            SELECT model_id AS id, revision, sha, state, requested_at, bytes_total, bytes_done, license, error_code,
                   error_message
            FROM base_model
            """;

    private final JdbcClient jdbc;

    HubRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A requested pull. */
    record Requested(String modelId, String revision, OffsetDateTime requestedAt) {}

    Optional<HubModel> find(String id) {
        return jdbc.sql(SELECT + "WHERE model_id = ?")
                .param(id)
                .query(HubModel.class)
                .optional();
    }

    List<HubModel> list() {
        return jdbc.sql(SELECT + "ORDER BY model_id").query(HubModel.class).list();
    }

    /** The commits in use, by id. */
    Map<String, String> pins() {
        Map<String, String> pins = new HashMap<>();
        jdbc.sql("SELECT model_id, sha FROM base_model WHERE sha IS NOT NULL")
                .query((row, number) -> pins.put(row.getString("model_id"), row.getString("sha")))
                .list();
        return pins;
    }

    /**
     * Requests a revision. A running pull of the same revision continues.
     *
     * @param sha commit of the cache that is used without a pull; null to pull the revision
     */
    void request(String id, String revision, @Nullable String sha, String tenantId) {
        jdbc.sql("""
                        INSERT INTO base_model AS old (model_id, revision, sha, state, requested_at, requested_by,
                                                       updated_at)
                        VALUES (:id, :revision, :sha, :state, clock_timestamp(), :tenant, clock_timestamp())
                        ON CONFLICT (model_id) DO UPDATE
                        SET revision = excluded.revision, sha = coalesce(excluded.sha, old.sha), state = excluded.state,
                            requested_at = excluded.requested_at,
                            requested_by = excluded.requested_by, updated_at = excluded.updated_at, bytes_total = NULL,
                            bytes_done = NULL,
                            error_code = NULL, error_message = NULL
                        WHERE excluded.state = 'READY' OR old.state <> 'PULLING' OR old.revision <> excluded.revision
                        """)
                .param("id", id)
                .param("revision", revision)
                .param("sha", sha)
                .param("state", sha == null ? "PULLING" : "READY")
                .param("tenant", tenantId)
                .update();
    }

    /**
     * A pull, unless it is done or another revision has been requested since.
     *
     * @param time time of the request, in seconds since 1970
     */
    Optional<Requested> requested(String id, String time) {
        return jdbc.sql("""
                        SELECT model_id, revision, requested_at
                        FROM base_model
                        WHERE model_id = :id AND state = 'PULLING' AND extract(epoch FROM requested_at) =
                            CAST(:time AS numeric)
                        """)
                .param("id", id)
                .param("time", time)
                .query(Requested.class)
                .optional();
    }

    /** @return whether the pull is still wanted */
    boolean progress(Requested pull, @Nullable String license, long total, long done) {
        return change(pull, "bytes_total = :total, bytes_done = :done, license = :license")
                        .param("total", total)
                        .param("done", done)
                        .param("license", license)
                        .update()
                == 1;
    }

    void ready(Requested pull, String sha) {
        change(pull, "state = 'READY', sha = :sha, bytes_done = bytes_total")
                .param("sha", sha)
                .update();
    }

    void failed(Requested pull, HubException failure) {
        change(pull, "state = 'FAILED', error_code = :code, error_message = :message")
                .param("code", failure.kind().wireName())
                .param("message", failure.explanation())
                .update();
    }

    /** Changes nothing if the pull is done or another revision has been requested since. */
    private JdbcClient.StatementSpec change(Requested pull, String assignments) {
        return jdbc.sql("""
                        UPDATE base_model
                        SET %s, updated_at = clock_timestamp()
                        WHERE model_id = :id AND requested_at = :requested AND state = 'PULLING'
                        """.formatted(assignments)).param("id", pull.modelId()).param("requested", pull.requestedAt());
    }
}
