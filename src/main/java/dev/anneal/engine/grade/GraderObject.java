package dev.anneal.engine.grade;

import dev.anneal.protocol.WireName;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of a grader, read key by key: each read checks type and range, and {@link #refuseOthers()} refuses keys
 * that were not read. A key whose value is {@code null} counts as absent, as in the SDKs.
 */
final class GraderObject {

    /** Maximum number of characters of a text in a grader, before templates are filled. */
    static final int MAX_TEXT = 65_536;

    private final String path;
    private final Map<?, ?> map;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * @param path the object's path in the request
     */
    GraderObject(String path, Map<?, ?> map) {
        this.path = path;
        this.map = map;
    }

    static GraderObject of(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new GraderObject(path, map);
        }
        throw GraderException.invalid(path, "must be an object, but is " + shown(value));
    }

    String param(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    @Nullable
    Object value(String key) {
        known.add(key);
        return map.get(key);
    }

    Object required(String key, String what) {
        Object value = value(key);
        if (value == null) {
            throw GraderException.invalid(param(key), "is required: give " + what);
        }
        return value;
    }

    @Nullable
    String text(String key) {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof String text) || text.length() > MAX_TEXT) {
            throw invalid(key, "must be a string of at most " + MAX_TEXT + " characters", value);
        }
        return text;
    }

    String requiredText(String key) {
        required(key, "a string");
        String text = text(key);
        if (text == null || text.isBlank()) {
            throw GraderException.invalid(param(key), "must not be empty");
        }
        return text;
    }

    /** A string, which may be empty, with its variables. */
    Template template(String key) {
        required(key, "a string, such as \"{{sample.output_text}}\"");
        String text = text(key);
        return Template.parse(text == null ? "" : text, param(key));
    }

    /** One of an enum's constants by its lower-case name. */
    <E extends Enum<E>> E choice(String key, Class<E> type) {
        E[] constants = type.getEnumConstants();
        String names = Arrays.stream(constants).map(WireName::of).collect(Collectors.joining(", "));
        Object value = required(key, "one of " + names);
        return Arrays.stream(constants)
                .filter(constant -> WireName.of(constant).equals(value))
                .findFirst()
                .orElseThrow(() -> invalid(key, "must be one of " + names, value));
    }

    @Nullable
    Double number(String key, double least, double most) {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Number number) || !(number.doubleValue() >= least && number.doubleValue() <= most)) {
            throw invalid(key, "must be a number from " + plain(least) + " to " + plain(most), value);
        }
        return number.doubleValue();
    }

    /** Reads the threshold for passing. Only evaluations show it; no reward depends on it. */
    void passThreshold() {
        number("pass_threshold", -Grade.MAX_MAGNITUDE, Grade.MAX_MAGNITUDE);
    }

    @Nullable
    Integer wholeNumber(String key, int least, int most) {
        Double number = number(key, least, most);
        if (number != null && number != Math.rint(number)) {
            throw invalid(key, "must be a whole number", number);
        }
        return number == null ? null : number.intValue();
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    /** An array of 1 to {@code most} entries. */
    List<?> requiredList(String key, int most) {
        Object value = required(key, "an array");
        if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > most) {
            throw invalid(key, "must be an array of 1 to " + most + " entries", value);
        }
        return list;
    }

    @Nullable
    GraderObject object(String key) {
        Object value = value(key);
        return value == null ? null : of(param(key), value);
    }

    /** Refuses keys that were not read. Call it after the last read. */
    void refuseOthers() {
        for (Object key : map.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                throw GraderException.invalid(
                        param(String.valueOf(key)),
                        "is not known here; known are " + String.join(", ", known) + ". Remove it or correct its name");
            }
        }
    }

    GraderException invalid(String key, String rule, @Nullable Object found) {
        return GraderException.invalid(param(key), rule + ", but is " + shown(found));
    }

    static String shown(@Nullable Object found) {
        String text = found instanceof String ? "\"" + found + "\"" : String.valueOf(found);
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
