package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonFloat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prints values as Python's {@code json.dumps} does. */
public final class JsonPrinter {

    /**
     * How to print.
     *
     * @param indent what each level begins its lines with; null prints on one line
     * @param sortKeys orders entries by key, not by insertion
     */
    public record Style(
            boolean asciiOnly, @Nullable String indent, String itemSeparator, String keySeparator, boolean sortKeys) {}

    private final Style style;
    private final Budget budget;
    private final BoundedText out;
    private int level;

    private JsonPrinter(Style style, Budget budget) {
        this.style = style;
        this.budget = budget;
        this.out = new BoundedText(budget);
    }

    /** The value as JSON. */
    public static String print(Value value, Style style, Budget budget) {
        JsonPrinter printer = new JsonPrinter(style, budget);
        printer.print(value);
        return printer.out.toString();
    }

    private void print(Value value) {
        boolean isArray = value instanceof ListValue list && list.kind().compareTo(ListValue.Kind.TUPLE) <= 0;
        if (value instanceof TextValue text) {
            quoted(text.string());
        } else if (value instanceof MapValue map) {
            block("{", entries(map.entries()), this::entry, "}");
        } else if (isArray) {
            block("[", ((ListValue) value).items(), this::print, "]");
        } else {
            out.append(scalar(value, "Object of type " + value.typeName() + " is not JSON serializable"));
        }
    }

    private String scalar(Value value, String failure) {
        if (value == NoneValue.NONE) {
            return "null";
        }
        if (!(value instanceof NumberValue number)) {
            throw value.failure(failure);
        }
        return number.asWhole() == null
                ? PythonFloat.json(number.asDouble())
                : number.text(budget).toLowerCase(Locale.ROOT);
    }

    private void quoted(String value) {
        out.append("\"");
        out.appendEscaped(value, this::escape);
        out.append("\"");
    }

    private Collection<Map.Entry<Value, Value>> entries(Map<Value, Value> entries) {
        if (!style.sortKeys()) {
            return entries.entrySet();
        }
        budget.charge(entries.size() * 16L);
        List<Map.Entry<Value, Value>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort((left, right) -> left.getKey().compare(right.getKey()));
        return sorted;
    }

    private void entry(Map.Entry<Value, Value> entry) {
        Value key = entry.getKey();
        quoted(
                key instanceof TextValue text
                        ? text.string()
                        : scalar(key, "keys must be str, int, float, bool or None, not " + key.typeName()));
        out.append(style.keySeparator());
        print(entry.getValue());
    }

    private <T> void block(String open, Collection<T> elements, Consumer<T> printer, String close) {
        out.append(open);
        level++;
        String separator = "";
        for (T element : elements) {
            out.append(separator);
            newLine();
            printer.accept(element);
            separator = style.itemSeparator();
        }
        level--;
        if (!elements.isEmpty()) {
            newLine();
        }
        out.append(close);
    }

    private void newLine() {
        String indent = style.indent();
        if (indent != null) {
            out.append("\n");
            for (int i = 0; i < level; i++) {
                out.append(indent);
            }
        }
    }

    private @Nullable String escape(int codePoint) {
        return switch (codePoint) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> codePoint < ' ' || (style.asciiOnly() && codePoint > '~') ? hexadecimal(codePoint) : null;
        };
    }

    private static String hexadecimal(int codePoint) {
        StringBuilder units = new StringBuilder();
        for (char unit : Character.toChars(codePoint)) {
            units.append(String.format("\\u%04x", (int) unit));
        }
        return units.toString();
    }
}
