package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonFloat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prints values like Python's {@code repr} and {@code json.dumps}. */
public final class PythonPrinter {

    /**
     * A style of printing.
     *
     * @param isJson whether to print like {@code json.dumps}
     * @param indent indentation of each level; null prints on one line
     * @param sortKeys sorts entries by key instead of insertion
     */
    public record Style(
            boolean isJson,
            boolean asciiOnly,
            @Nullable String indent,
            String itemSeparator,
            String keySeparator,
            boolean sortKeys) {}

    private static final Style REPR = new Style(false, false, null, ", ", ": ", false);

    private final Style style;
    private final Budget budget;
    private final BoundedText out;
    private int level;

    private PythonPrinter(Style style, Budget budget) {
        this.style = style;
        this.budget = budget;
        this.out = new BoundedText(budget);
    }

    /** Python's {@code repr(value)}. Values that Python prints with an address, and ranges, are refused. */
    public static String repr(Value value, Budget budget) {
        return print(value, REPR, budget);
    }

    /** The value in this style. */
    public static String print(Value value, Style style, Budget budget) {
        PythonPrinter printer = new PythonPrinter(style, budget);
        printer.print(value);
        return printer.out.toString();
    }

    private void print(Value value) {
        if (value instanceof TextValue text) {
            quoted(text.string());
        } else if (value instanceof MapValue map) {
            block("{", entries(map.entries()), this::entry, "}");
        } else if (value instanceof ListValue list) {
            sequence(list);
        } else {
            out.append(scalar(value));
        }
    }

    private void sequence(ListValue list) {
        boolean isTuple = list.kind() == ListValue.Kind.TUPLE && !style.isJson();
        if (isTuple) {
            block("(", list.items(), this::print, list.length() == 1 ? ",)" : ")");
        } else if (list.kind().compareTo(ListValue.Kind.TUPLE) <= 0) {
            block("[", list.items(), this::print, "]");
        } else if (style.isJson() || list.kind() == ListValue.Kind.RANGE) {
            throw list.failure("a " + list.typeName() + " cannot be printed; make it a list");
        } else {
            block(list.typeName() + "([", list.items(), this::print, "])");
        }
    }

    private String scalar(Value value) {
        boolean isScalar = value instanceof NumberValue || value == NoneValue.NONE;
        if (!isScalar && (style.isJson() || !(value instanceof Undefined))) {
            throw value.failure("a value of type '" + value.typeName() + "' cannot be printed");
        }
        if (!style.isJson()) {
            return isScalar ? value.text(budget) : "Undefined";
        }
        if (value instanceof NumberValue number && number.asWhole() == null) {
            return PythonFloat.json(number.asDouble());
        }
        return value == NoneValue.NONE ? "null" : value.text(budget).toLowerCase(Locale.ROOT);
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
        if (style.isJson() && !(entry.getKey() instanceof TextValue)) {
            quoted(scalar(entry.getKey()));
        } else {
            print(entry.getKey());
        }
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
        if (style.indent() != null) {
            out.append("\n");
            for (int i = 0; i < level; i++) {
                out.append(style.indent());
            }
        }
    }

    private void quoted(String text) {
        boolean isSingle = !style.isJson() && (text.indexOf('\'') < 0 || text.indexOf('"') >= 0);
        String quote = isSingle ? "'" : "\"";
        out.append(quote);
        out.appendEscaped(text, codePoint -> escape(codePoint, quote.charAt(0)));
        out.append(quote);
    }

    private @Nullable String escape(int codePoint, char quote) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            case '\'', '"' -> codePoint == quote ? "\\" + quote : null;
            case '\b' -> style.isJson() ? "\\b" : "\\x08";
            case '\f' -> style.isJson() ? "\\f" : "\\x0c";
            default -> isPlain(codePoint) ? null : hexadecimal(codePoint);
        };
    }

    private boolean isPlain(int codePoint) {
        return style.isJson() ? codePoint >= ' ' && !(style.asciiOnly() && codePoint > '~') : isPrintable(codePoint);
    }

    private String hexadecimal(int codePoint) {
        if (!style.isJson()) {
            String format = codePoint < 0x100 ? "\\x%02x" : codePoint < 0x10000 ? "\\u%04x" : "\\U%08x";
            return String.format(format, codePoint);
        }
        StringBuilder units = new StringBuilder();
        for (char unit : Character.toChars(codePoint)) {
            units.append(String.format("\\u%04x", (int) unit));
        }
        return units.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }
}
