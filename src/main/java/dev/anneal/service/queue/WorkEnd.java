package dev.anneal.service.queue;

import dev.anneal.service.queue.WorkError.Origin;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt, a request or a rescue has made of work.
 *
 * @param method what was to be done
 * @param fault whose fault a failure is; null if the work has not failed
 */
public record WorkEnd(
        String method, WorkState state, @Nullable Origin fault) {

    public WorkEnd {
        fault = state == WorkState.FAILED ? fault : null;
    }

    /** An end that is no failure. */
    public WorkEnd(String method, WorkState state) {
        this(method, state, null);
    }

    /** An end as the columns {@code method} and {@code state} have it. */
    public static WorkEnd read(ResultSet row, int number) throws SQLException {
        return new WorkEnd(row.getString("method"), WorkState.valueOf(row.getString("state")));
    }

    /** The same, if it is a failure with the fault of this error. */
    public WorkEnd because(WorkError error) {
        return new WorkEnd(method, state, error.origin());
    }
}
