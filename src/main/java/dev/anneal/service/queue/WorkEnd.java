package dev.anneal.service.queue;

import dev.anneal.service.queue.WorkError.Origin;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * State of work after an attempt, a request or a rescue has ended. Published within the transaction that ended it, so
 * that listeners wait for the commit; states that are not final are published too.
 *
 * @param method method of the work
 * @param fault origin of a failure; null if the work has not failed
 */
public record WorkEnd(
        String method, WorkState state, @Nullable Origin fault) {

    public WorkEnd {
        fault = state == WorkState.FAILED ? fault : null;
    }

    /** An end that is not a failure. */
    public WorkEnd(String method, WorkState state) {
        this(method, state, null);
    }

    /** Reads the columns {@code method} and {@code state}. */
    public static WorkEnd read(ResultSet row, int number) throws SQLException {
        return new WorkEnd(row.getString("method"), WorkState.valueOf(row.getString("state")));
    }

    /** This end, with the fault of {@code error} if it is a failure. */
    public WorkEnd because(WorkError error) {
        return new WorkEnd(method, state, error.origin());
    }
}
