package dev.anneal.service.training.history;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Converts values by name to a column of type jsonb; an empty map is null. */
final class Metrics {

    private Metrics() {}

    static @Nullable String toJson(Map<String, Double> metrics) {
        return metrics.isEmpty() ? null : JsonMapper.shared().writeValueAsString(metrics);
    }

    static Map<String, Double> fromJson(@Nullable String json) {
        return json == null
                ? Map.of()
                : JsonMapper.shared().readValue(json, new TypeReference<Map<String, Double>>() {});
    }
}
