package dev.anneal.service.queue;

import dev.anneal.service.platform.database.TimeColumn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads rows of the queue's tables. */
final class WorkRows {

    private WorkRows() {}

    static Work work(ResultSet row, int number) throws SQLException {
        return new Work(
                row.getLong("id"),
                row.getString("tenant_id"),
                WorkKind.valueOf(row.getString("kind")),
                row.getString("method"),
                WorkState.valueOf(row.getString("state")),
                row.getInt("priority"),
                instant(row, "created_at"),
                instant(row, "run_at"),
                row.getInt("lease_token"),
                row.getString("lease_owner"),
                TimeColumn.read(row, "started_at"),
                TimeColumn.read(row, "deadline_at"),
                TimeColumn.read(row, "finished_at"),
                row.getInt("user_retries"),
                row.getInt("platform_retries"),
                wishOrNull(row),
                ErrorColumn.read(row),
                waiting(row),
                row.getObject("step", Integer.class),
                row.getObject("saved_step", Integer.class));
    }

    private static @Nullable Waiting waiting(ResultSet row) throws SQLException {
        WorkState state = WorkState.valueOf(row.getString("state"));
        if (state != WorkState.QUEUED && state != WorkState.VALIDATING) {
            return null;
        }
        String code = row.getString("waiting_code");
        return code == null
                ? WorkerStates.heldUp(row)
                : new Waiting(code, row.getString("waiting_message"), instant(row, "waits_since"), row.getInt("waits"));
    }

    static Attempt attempt(ResultSet row, int number) throws SQLException {
        String outcome = row.getString("outcome");
        return new Attempt(
                row.getLong("work_id"),
                row.getLong("lease_token"),
                row.getString("worker"),
                instant(row, "started_at"),
                TimeColumn.read(row, "ended_at"),
                outcome == null ? null : Attempt.Outcome.valueOf(outcome),
                row.getObject("step", Integer.class),
                row.getObject("saved_step", Integer.class),
                ErrorColumn.read(row));
    }

    private static @Nullable Wish wishOrNull(ResultSet row) throws SQLException {
        String name = row.getString("wish");
        return name == null ? null : Wish.valueOf(name);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(TimeColumn.read(row, column), column);
    }
}
