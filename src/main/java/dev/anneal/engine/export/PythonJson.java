package dev.anneal.engine.export;

import dev.anneal.engine.text.template.PythonFloat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON as Python's {@code json.dumps(value, indent=2)} does, which PEFT and transformers write their configurations with. */
final class PythonJson {

    private PythonJson() {}

    /** @param value maps, lists, strings, numbers, booleans and null, nested as wished; maps keep their order */
    static String indented(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        append(text, value, "\n");
        return text.toString();
    }

    private static void append(StringBuilder text, @Nullable Object value, String newline) {
        if (value instanceof Map<?, ?> map) {
            appendAll(text, '{', map.entrySet().iterator(), '}', newline);
        } else if (value instanceof List<?> list) {
            appendAll(text, '[', list.iterator(), ']', newline);
        } else if (value instanceof Map.Entry<?, ?> entry) {
            appendString(text, String.valueOf(entry.getKey()));
            text.append(": ");
            append(text, entry.getValue(), newline);
        } else if (value instanceof String string) {
            appendString(text, string);
        } else if (value instanceof Double || value instanceof Float) {
            text.append(PythonFloat.json(((Number) value).doubleValue()));
        } else {
            text.append(value);
        }
    }

    private static void appendAll(StringBuilder text, char open, Iterator<?> items, char close, String newline) {
        text.append(open);
        if (items.hasNext()) {
            String deeper = newline + "  ";
            while (items.hasNext()) {
                text.append(deeper);
                append(text, items.next(), deeper);
                text.append(items.hasNext() ? "," : newline);
            }
        }
        text.append(close);
    }

    /** Everything beyond ASCII is escaped, as Python does by default. */
    private static void appendString(StringBuilder text, String string) {
        text.append('"');
        string.chars().forEach(unit -> appendUnit(text, (char) unit));
        text.append('"');
    }

    private static void appendUnit(StringBuilder text, char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            case '\b' -> text.append("\\b");
            case '\f' -> text.append("\\f");
            default -> {
                if (c < ' ' || c > '~') {
                    text.append("\\u%04x".formatted((int) c));
                } else {
                    text.append(c);
                }
            }
        }
    }
}
