package dev.anneal.engine.text.fault;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Short descriptions of found values for messages: a line long, no control characters, no broken surrogates, so that
 * they fit into JSON, logs and databases.
 */
public final class Excerpt {

    private static final int CHARACTERS = 80;

    private Excerpt() {}

    public static String of(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof String text) {
            return '"' + shorten(text) + '"';
        }
        if (value instanceof List<?> list) {
            return list.isEmpty() ? "an empty array" : "an array of " + list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return "an object with keys " + shorten(String.join(", ", keys(map)));
        }
        return shorten(value.toString());
    }

    private static Iterable<String> keys(Map<?, ?> map) {
        return map.keySet().stream().limit(10).map(Object::toString).toList();
    }

    /** The beginning of a text, with unprintable characters escaped as in JSON. */
    public static String shorten(String text) {
        StringBuilder shortened = new StringBuilder();
        int codePoints = 0;
        for (int i = 0; i < text.length() && codePoints < CHARACTERS; codePoints++) {
            int c = text.codePointAt(i);
            appendPrintable(shortened, c);
            i += Character.charCount(c);
        }
        return text.codePointCount(0, text.length()) > codePoints ? shortened + "…" : shortened.toString();
    }

    private static void appendPrintable(StringBuilder out, int c) {
        switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> out.append(String.format("\\u%04x", c));
            default -> out.appendCodePoint(c);
        }
    }
}
