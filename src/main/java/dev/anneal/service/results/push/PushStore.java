package dev.anneal.service.results.push;

import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.push.HubPush.Destination;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of pushes. Every method runs in its caller's transaction and sees what that transaction's role may see. */
@Component
@ConditionalOnRole(Role.API)
final class PushStore {

    /** Whoever removes the export waits for it, or it is gone. */
    private static final String LOCK_EXPORT = "SELECT id FROM export WHERE id = :export FOR KEY SHARE";

    private static final String UNFINISHED =
            "SELECT count(*) FROM hub_push WHERE tenant_id = :tenant AND finished_at IS NULL";

    private static final String INSERT = """
            INSERT INTO hub_push (tenant_id, external_id, export_id, repo, private, revision, commit_message)
            VALUES (:tenant, :id, :export, :repo, :private, :revision, :message)
            """;

    private static final String SELECT = """
            SELECT hub_push.*, export.external_id AS export
            FROM hub_push
            JOIN export ON export.id = hub_push.export_id
            """;

    private static final String BY_ID = SELECT + "WHERE hub_push.external_id = :id";

    private static final String PAGE = SELECT + """
            WHERE hub_push.export_id = :export
              AND (CAST(:after AS text) IS NULL OR hub_push.id %1$s (SELECT id FROM hub_push WHERE external_id = :after))
            ORDER BY hub_push.id %2$s
            LIMIT :limit
            """;

    private static final String BEGIN = """
            UPDATE hub_push
            SET state = 'RUNNING', tries = tries + 1
            WHERE external_id = :id AND finished_at IS NULL
            RETURNING export_id, repo, private, revision, commit_message, tries
            """;

    private static final String SUCCEED = """
            UPDATE hub_push
            SET state = 'SUCCEEDED', finished_at = clock_timestamp(), commit_sha = :sha, commit_url = :url, error_code = NULL, error_message = NULL
            WHERE external_id = :id AND finished_at IS NULL
            """;

    private static final String FAIL = """
            UPDATE hub_push
            SET state = :state, finished_at = CASE :state WHEN 'FAILED' THEN clock_timestamp() END, error_code = :code, error_message = :message,
                tries = tries - :uncounted
            WHERE external_id = :id AND finished_at IS NULL
            """;

    /**
     * A try that begins.
     *
     * @param tries with this one
     */
    record Begun(long export, Destination destination, int tries) {}

    private final JdbcClient jdbc;

    PushStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whether the export is there still; it stays until the end of the transaction. */
    boolean lockExport(long export) {
        return jdbc.sql(LOCK_EXPORT)
                .param("export", export)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    int unfinished(String tenantId) {
        return jdbc.sql(UNFINISHED)
                .param("tenant", tenantId)
                .query(Integer.class)
                .single();
    }

    void insert(String tenantId, String id, long export, Destination to) {
        jdbc.sql(INSERT)
                .param("tenant", tenantId)
                .param("id", id)
                .param("export", export)
                .param("repo", to.repo())
                .param("private", to.isPrivate())
                .param("revision", to.revision())
                .param("message", to.message())
                .update();
    }

    Optional<Push> byId(String id) {
        return jdbc.sql(BY_ID).param("id", id).query(PushStore::push).optional();
    }

    List<Push> page(long export, PageRequest request) {
        return jdbc.sql(request.ascending() ? PAGE.formatted(">", "ASC") : PAGE.formatted("<", "DESC"))
                .param("export", export)
                .param("after", request.after())
                .param("limit", request.rowsToRead())
                .query(PushStore::push)
                .list();
    }

    /** Nothing if it has ended, or went with its export. */
    Optional<Begun> begin(String id) {
        return jdbc.sql(BEGIN)
                .param("id", id)
                .query((row, index) -> new Begun(
                        row.getLong("export_id"),
                        new Destination(
                                row.getString("repo"),
                                row.getBoolean("private"),
                                row.getString("revision"),
                                row.getString("commit_message")),
                        row.getInt("tries")))
                .optional();
    }

    void succeed(String id, Push.Commit commit) {
        jdbc.sql(SUCCEED)
                .param("id", id)
                .param("sha", commit.sha())
                .param("url", commit.url())
                .update();
    }

    /**
     * A try that the artifact store ends is none of those that the Hub gets.
     *
     * @param state {@code FAILED}, or {@code QUEUED} if it is tried again
     */
    void fail(String id, Push.State state, PushException exception) {
        Push.Failure failure = exception.failure();
        jdbc.sql(FAIL)
                .param("id", id)
                .param("state", state.name())
                .param("code", failure.code())
                .param("message", failure.message())
                .param("uncounted", exception.kind() == PushException.Kind.STORAGE_FAILED ? 1 : 0)
                .update();
    }

    private static Push push(ResultSet row, int index) throws SQLException {
        String sha = row.getString("commit_sha");
        String code = row.getString("error_code");
        return new Push(
                row.getString("external_id"),
                row.getString("export"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                TimeColumn.read(row, "finished_at"),
                row.getString("repo"),
                row.getBoolean("private"),
                row.getString("revision"),
                Push.State.valueOf(row.getString("state")),
                sha == null ? null : new Push.Commit(sha, row.getString("commit_url")),
                code == null ? null : new Push.Failure(code, row.getString("error_message")));
    }
}
