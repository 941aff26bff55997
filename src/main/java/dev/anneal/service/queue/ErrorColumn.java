package dev.anneal.service.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stores a {@link WorkError} in a {@code jsonb} column of the tables {@code work} and {@code attempt}. */
public final class ErrorColumn {

    /** The value of the column, from {@link #parameters}. The casts tell the server the type of a null. */
    public static final String FROM_PARAMETERS = """
            jsonb_strip_nulls(jsonb_build_object(
                'code', :code::text, 'message', :message::text, 'param', :param::text, 'origin', :origin::text))""";

    private ErrorColumn() {}

    /** Parameters of {@link #FROM_PARAMETERS}. */
    public static Map<String, @Nullable Object> parameters(WorkError error) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("code", error.code());
        parameters.put("message", error.message());
        parameters.put("param", error.param());
        parameters.put("origin", error.origin().name());
        return parameters;
    }

    /** The columns that {@link #read} reads. */
    public static String fieldsOf(String table) {
        return """
                %1$s.error ->> 'code' AS error_code,
                %1$s.error ->> 'message' AS error_message,
                %1$s.error ->> 'param' AS error_param,
                %1$s.error ->> 'origin' AS error_origin
                """.formatted(table).strip();
    }

    /** The error of a row that selects {@link #fieldsOf}, or null if it has none. */
    public static @Nullable WorkError read(ResultSet row) throws SQLException {
        String code = row.getString("error_code");
        return code == null
                ? null
                : new WorkError(
                        code,
                        row.getString("error_message"),
                        row.getString("error_param"),
                        WorkError.Origin.valueOf(row.getString("error_origin")));
    }
}
