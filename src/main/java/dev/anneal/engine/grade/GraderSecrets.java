package dev.anneal.engine.grade;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Secrets in grader objects: the values of headers for endpoints. */
public final class GraderSecrets {

    private static final String HIDDEN = "(hidden)";

    private GraderSecrets() {}

    /** A grader object with the values of all headers hidden. Idempotent. */
    public static Map<String, @Nullable Object> hidden(Map<String, @Nullable Object> grader) {
        return replaced(grader, value -> HIDDEN);
    }

    /** The values of all headers of a grader object and its parts. */
    public static Set<String> of(Map<String, @Nullable Object> grader) {
        Set<String> values = new HashSet<>();
        replaced(grader, value -> {
            values.add(value);
            return value;
        });
        return values;
    }

    /**
     * A grader object with other values in the headers of it and its parts. Only endpoint graders have headers; in
     * others a part may have that name.
     */
    public static Map<String, @Nullable Object> replaced(
            Map<String, @Nullable Object> grader, UnaryOperator<String> other) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        boolean hasHeaders = EndpointGrader.TYPE.equals(grader.get("type"));
        grader.forEach((key, value) -> copy.put(
                key,
                hasHeaders && EndpointGrader.HEADERS.equals(key) && value instanceof Map<?, ?> headers
                        ? withValues(headers, other)
                        : replaced(value, other)));
        return copy;
    }

    @SuppressWarnings("unchecked") // keys of JSON objects are strings
    private static @Nullable Object replaced(@Nullable Object value, UnaryOperator<String> other) {
        if (value instanceof List<?> list) {
            return list.stream().map(part -> replaced(part, other)).toList();
        }
        return value instanceof Map<?, ?> map ? replaced((Map<String, @Nullable Object>) map, other) : value;
    }

    private static Map<Object, Object> withValues(Map<?, ?> headers, UnaryOperator<String> other) {
        Map<Object, Object> copy = new LinkedHashMap<>();
        headers.forEach((name, value) -> copy.put(name, other.apply(String.valueOf(value))));
        return copy;
    }
}
