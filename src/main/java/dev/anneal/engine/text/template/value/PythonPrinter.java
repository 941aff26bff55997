package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.NoneType.NONE;
import static dev.anneal.engine.text.template.value.Python.compare;
import static dev.anneal.engine.text.template.value.Python.unwrapped;
import static java.lang.Character.CONTROL;
import static java.lang.Character.FORMAT;
import static java.lang.Character.LINE_SEPARATOR;
import static java.lang.Character.PARAGRAPH_SEPARATOR;
import static java.lang.Character.PRIVATE_USE;
import static java.lang.Character.SPACE_SEPARATOR;
import static java.lang.Character.SURROGATE;
import static java.lang.Character.UNASSIGNED;

import dev.anneal.engine.text.template.PythonFloat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Prints values like Python's {@code repr} and {@code json.dumps}. */
record PythonPrinter(Style style, BoundedText out, Budget budget) {

    /**
     * A style of printing.
     *
     * @param isJson whether to print like {@code json.dumps}
     * @param indent indentation of each level; null prints on one line
     * @param separators the texts between items, and between a key and its value
     * @param sortKeys sorts entries by key instead of insertion
     */
    record Style(
            boolean isJson, boolean asciiOnly, @Nullable String indent, List<?> separators, boolean sortKeys) {}

    private static final Style REPR = new Style(false, false, null, List.of(", ", ": "), false);

    /** Python's {@code repr(value)}. Values that Python prints with an address, and ranges, are refused. */
    static String repr(Object value, Budget budget) {
        return print(value, REPR, budget);
    }

    /** The value in this style. */
    static String print(Object value, Style style, Budget budget) {
        PythonPrinter printer = new PythonPrinter(style, new BoundedText(budget), budget);
        boolean isPlain = !(value instanceof String || value instanceof Map || value instanceof List);
        String line = style.indent() == null ? "" : "\n";
        return isPlain ? printer.scalar(value) : printer.print(value, line).toString();
    }

    /**
     * Prints a value.
     *
     * @param line the line end with the indentation of its level; empty on one line
     */
    private BoundedText print(Object value, String line) {
        if (value instanceof Map<?, ?> map) {
            return block("{", entries(map), this::entry, "}", line);
        }
        if (value instanceof List<?> list) {
            return sequence(list, Python.typeName(list), line);
        }
        return out.append(value instanceof String text ? quoted(text) : scalar(value));
    }

    private BoundedText sequence(List<?> list, String type, String line) {
        if (type.equals("range") || (style.isJson() && !Python.areAlike(list, list))) {
            throw Python.failure(list, "a " + type + " cannot be printed; make it a list");
        }
        if (style.isJson() || type.equals("list")) {
            return block("[", list, this::print, "]", line);
        }
        boolean isTuple = type.equals("tuple");
        String close = isTuple ? ")" : "])";
        return block(isTuple ? "(" : type + "([", list, this::print, isTuple && list.size() == 1 ? ",)" : close, line);
    }

    private String scalar(Object value) {
        boolean isJson = style.isJson();
        if (value instanceof Double real) {
            return isJson ? PythonFloat.json(real) : PythonFloat.print(real, "inf", "nan");
        }
        if (value == NONE || value instanceof Boolean) {
            String python = value == NONE ? "None" : value.equals(true) ? "True" : "False";
            return !isJson ? python : value == NONE ? "null" : value.toString();
        }
        if (!(value instanceof Number || (value instanceof Undefined && !isJson))) {
            throw Python.failure(value, "a value of type '" + Python.typeName(value) + "' cannot be printed");
        }
        return value instanceof Undefined ? "Undefined" : value.toString();
    }

    private List<Map.Entry<?, ?>> entries(Map<?, ?> map) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (style.sortKeys()) {
            entries.sort((left, right) -> compare(unwrapped(left.getKey()), unwrapped(right.getKey()), budget));
        }
        return entries;
    }

    private void entry(Map.Entry<?, ?> entry, String line) {
        Object key = unwrapped(entry.getKey());
        boolean isQuoted = style.isJson() && !(key instanceof String);
        print(isQuoted ? scalar(key) : key, line)
                .append(style.separators().get(1).toString());
        print(entry.getValue(), line);
    }

    private <T> BoundedText block(
            String open, Collection<T> elements, BiConsumer<T, String> printer, String close, String line) {
        String inner = style.indent() == null ? "" : line + style.indent();
        return budget.nested(() -> {
            String separator = open;
            for (T element : elements) {
                out.append(separator + inner);
                printer.accept(element, inner);
                separator = style.separators().get(0).toString();
            }
            return out.append(elements.isEmpty() ? open + close : line + close);
        });
    }

    private String quoted(String text) {
        boolean isSingle = !style.isJson() && (text.indexOf('\'') < 0 || text.indexOf('"') >= 0);
        String quote = isSingle ? "'" : "\"";
        String escaped = quote + "\\\n\r\t" + (style.isJson() ? "\b\f" : "");
        StringBuilder quoted = new StringBuilder(quote);
        (style.isJson() ? text.chars() : text.codePoints()).forEach(unit -> {
            int known = escaped.indexOf(unit);
            String name = known < 0 ? "" : "\\" + (quote + "\\nrtbf").charAt(known);
            quoted.append(known >= 0 ? name : isPlain(unit) ? Character.toString(unit) : hexadecimal(unit));
        });
        return quoted.append(quote).toString();
    }

    /** Whether a code point, or a UTF-16 unit of JSON, is printed as it is. */
    private boolean isPlain(int codePoint) {
        if (style.isJson()) {
            return codePoint >= ' ' && !(style.asciiOnly() && codePoint > '~');
        }
        return switch (Character.getType(codePoint)) {
            case CONTROL, FORMAT, SURROGATE, PRIVATE_USE, UNASSIGNED, LINE_SEPARATOR, PARAGRAPH_SEPARATOR -> false;
            case SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }

    private String hexadecimal(int codePoint) {
        String inRepr = codePoint < 0x100 ? "\\x%02x" : codePoint < 0x10000 ? "\\u%04x" : "\\U%08x";
        return String.format(style.isJson() ? "\\u%04x" : inRepr, codePoint);
    }
}
