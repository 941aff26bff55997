package dev.anneal.service.platform.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Reads columns of type {@code timestamptz}. */
public final class TimeColumn {

    private TimeColumn() {}

    /** The time as a parameter of a statement. */
    public static OffsetDateTime write(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    /** The time, or null. */
    public static @Nullable Instant read(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
