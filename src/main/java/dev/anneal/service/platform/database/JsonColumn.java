package dev.anneal.service.platform.database;

import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts values to {@code jsonb}, records by their component names, so that SQL can read them. Unknown fields are
 * ignored, because rows may come from another version.
 */
public final class JsonColumn {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private JsonColumn() {}

    public static String write(Object value) {
        return JSON.writeValueAsString(value);
    }

    public static <T> T read(String json, Class<T> type) {
        return JSON.readValue(json, type);
    }

    public static <T> T read(String json, TypeReference<T> type) {
        return JSON.readValue(json, type);
    }

    public static Map<String, Object> readMap(String json) {
        return JSON.readValue(json, OBJECT);
    }
}
