package dev.anneal.engine.export;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a table of the model card, in the order in which they are put. */
final class CardRows {

    private final Map<String, @Nullable Object> rows = new LinkedHashMap<>();

    CardRows with(String key, Object value) {
        rows.put(key, value);
        return this;
    }

    Map<String, @Nullable Object> rows() {
        return rows;
    }
}
