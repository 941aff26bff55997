package dev.anneal.engine.grade;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What grader objects hold that only endpoints may get to see: the values of the headers sent to them. */
public final class GraderSecrets {

    private static final String HIDDEN = "(hidden)";

    private GraderSecrets() {}

    /** A grader object with the names of its headers, and of those of its parts, but without their values. Hiding twice changes nothing. */
    public static Map<String, @Nullable Object> hidden(Map<String, @Nullable Object> grader) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        grader.forEach((key, value) -> shown.put(
                key,
                EndpointGrader.HEADERS.equals(key) && value instanceof Map<?, ?> headers
                        ? namesOf(headers)
                        : hidden(value)));
        return shown;
    }

    @SuppressWarnings("unchecked") // keys of JSON objects are strings
    private static @Nullable Object hidden(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(GraderSecrets::hidden).toList();
        }
        return value instanceof Map<?, ?> map ? hidden((Map<String, @Nullable Object>) map) : value;
    }

    private static Map<Object, Object> namesOf(Map<?, ?> headers) {
        Map<Object, Object> shown = new LinkedHashMap<>();
        headers.keySet().forEach(name -> shown.put(name, HIDDEN));
        return shown;
    }
}
