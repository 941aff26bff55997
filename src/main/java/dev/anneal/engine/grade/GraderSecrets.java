package dev.anneal.engine.grade;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What grader objects hold that only endpoints may get to see: the values of the headers sent to them. */
public final class GraderSecrets {

    private static final String HIDDEN = "(hidden)";

    private GraderSecrets() {}

    /** A grader object with the names of its headers, and of those of its parts, but without their values. Hiding twice changes nothing. */
    public static Map<String, @Nullable Object> hidden(Map<String, @Nullable Object> grader) {
        return replaced(grader, value -> HIDDEN);
    }

    /** The values of the headers of a grader object, and of those of its parts. */
    public static Set<String> of(Map<String, @Nullable Object> grader) {
        Set<String> values = new HashSet<>();
        replaced(grader, value -> {
            values.add(value);
            return value;
        });
        return values;
    }

    /** A grader object with other values in its headers, and in those of its parts. Those of other kinds have none, but may have a part of that name. */
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
