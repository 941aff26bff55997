package dev.anneal.service.results.push;

import dev.anneal.service.platform.database.TenantLock;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.push.HubPush.Destination;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Changes pushes. Every method runs in its caller's transaction, with that transaction's role. */
@Component
@ConditionalOnRole(Role.API)
final class PushStore {

    /** The removal of the export waits for this lock. */
    private static final String LOCK_EXPORT = "SELECT id FROM export WHERE id = :export FOR KEY SHARE";

    private static final String BEGIN = """
            UPDATE hub_push
            SET state = 'RUNNING', tries = tries + 1
            WHERE external_id = :id AND finished_at IS NULL
            RETURNING export_id, repo, private, revision, commit_message, tries
            """;

    private static final String SUCCEED = """
            UPDATE hub_push
            SET state = 'SUCCEEDED', finished_at = clock_timestamp(), commit_sha = :sha, commit_url = :url,
                error_code = NULL, error_message = NULL
            WHERE external_id = :id AND finished_at IS NULL
            """;

    private static final String FAIL = """
            UPDATE hub_push
            SET state = :state, finished_at = CASE :state WHEN 'FAILED' THEN clock_timestamp() END, error_code = :code,
                error_message = :message,
                tries = tries - :uncounted
            WHERE external_id = :id AND finished_at IS NULL
            """;

    /**
     * An attempt that begins.
     *
     * @param tries number of attempts including this one
     */
    record Begun(long export, Destination destination, int tries) {}

    private final JdbcClient jdbc;

    PushStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Waits until no other creation of the tenant is between its count and its insert. */
    void lockLimit(String tenant) {
        TenantLock.PUSHES.take(jdbc, tenant);
    }

    /** Whether the export exists; if so, it is kept until the end of the transaction. */
    boolean lockExport(long export) {
        return jdbc.sql(LOCK_EXPORT)
                .param("export", export)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** Empty if the push has ended, or was removed with its export. */
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
     * Records a failed attempt. One that fails because of the artifact store is not counted.
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
                .param("uncounted", exception.kind() == PushException.Fault.STORAGE_FAILED ? 1 : 0)
                .update();
    }
}
