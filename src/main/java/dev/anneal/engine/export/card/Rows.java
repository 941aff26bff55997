package dev.anneal.engine.export.card;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a table, in the order in which they are put. */
final class Rows {

    private final Map<String, @Nullable Object> rows = new LinkedHashMap<>();

    Rows with(String key, Object value) {
        rows.put(key, value);
        return this;
    }

    Map<String, @Nullable Object> rows() {
        return rows;
    }
}
