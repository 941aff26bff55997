package dev.anneal.engine.text.template.value;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints values as Python's {@code repr} does. */
public final class PythonPrinter {

    private final Budget budget;
    private final BoundedText out;

    private PythonPrinter(Budget budget) {
        this.budget = budget;
        this.out = new BoundedText(budget);
    }

    /** Python's {@code repr(value)}. Values that Python prints with an address, and ranges, are refused. */
    public static String repr(Value value, Budget budget) {
        PythonPrinter printer = new PythonPrinter(budget);
        printer.print(value);
        return printer.out.toString();
    }

    private void print(Value value) {
        if (value instanceof TextValue text) {
            quoted(text.string());
        } else if (value instanceof MapValue map) {
            entries(map.entries());
        } else if (value instanceof ListValue list) {
            sequence(list);
        } else if (value instanceof NumberValue || value == NoneValue.NONE) {
            out.append(value.text(budget));
        } else if (value instanceof Undefined) {
            out.append("Undefined");
        } else {
            throw value.failure("a value of type '" + value.typeName() + "' cannot be printed");
        }
    }

    private void quoted(String value) {
        char quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
        out.append(String.valueOf(quote));
        out.appendEscaped(value, codePoint -> escape(codePoint, quote));
        out.append(String.valueOf(quote));
    }

    private void sequence(ListValue list) {
        switch (list.kind()) {
            case LIST -> elements("[", list, "]");
            case TUPLE -> elements("(", list, list.length() == 1 ? ",)" : ")");
            case RANGE -> throw list.failure("a range cannot be printed; make it a list");
            default -> elements(list.typeName() + "([", list, "])");
        }
    }

    private void elements(String open, ListValue list, String close) {
        out.append(open);
        String separator = "";
        for (Value item : list.items()) {
            out.append(separator);
            print(item);
            separator = ", ";
        }
        out.append(close);
    }

    private void entries(Map<Value, Value> entries) {
        out.append("{");
        String separator = "";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            print(entry.getKey());
            out.append(": ");
            print(entry.getValue());
            separator = ", ";
        }
        out.append("}");
    }

    private static @Nullable String escape(int codePoint, char quote) {
        return switch (codePoint) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\\' -> "\\\\";
            case '\'', '"' -> codePoint == quote ? "\\" + quote : null;
            default -> isPrintable(codePoint) ? null : hexadecimal(codePoint);
        };
    }

    private static String hexadecimal(int codePoint) {
        if (codePoint < 0x100) {
            return String.format("\\x%02x", codePoint);
        }
        return String.format(codePoint < 0x10000 ? "\\u%04x" : "\\U%08x", codePoint);
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
