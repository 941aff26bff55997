package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonFloat;
import dev.anneal.engine.text.template.TemplateException;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints values as Python's {@code repr} does. */
public final class PythonPrinter implements ValueVisitor {

    private final BoundedText out;

    private PythonPrinter(BoundedText out) {
        this.out = out;
    }

    /** Python's {@code repr(value)}. */
    public static String repr(Value value, Budget budget) {
        BoundedText out = new BoundedText(budget);
        value.accept(new PythonPrinter(out));
        return out.toString();
    }

    @Override
    public void none() {
        out.append("None");
    }

    @Override
    public void bool(boolean value) {
        out.append(value ? "True" : "False");
    }

    @Override
    public void whole(BigInteger value) {
        out.append(value.toString());
    }

    @Override
    public void real(double value) {
        out.append(PythonFloat.print(value, "inf", "nan"));
    }

    @Override
    public void text(String value) {
        String quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? "\"" : "'";
        out.append(quote);
        out.appendEscaped(value, codePoint -> escape(codePoint, quote.charAt(0)));
        out.append(quote);
    }

    @Override
    public void list(List<Value> items) {
        out.append("[");
        elements(items);
        out.append("]");
    }

    @Override
    public void tuple(List<Value> items) {
        out.append("(");
        elements(items);
        out.append(items.size() == 1 ? ",)" : ")");
    }

    @Override
    public void map(Map<Value, Value> entries) {
        out.append("{");
        String separator = "";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            entry.getKey().accept(this);
            out.append(": ");
            entry.getValue().accept(this);
            separator = ", ";
        }
        out.append("}");
    }

    @Override
    public void range(RangeValue range) {
        out.append(
                "range(" + range.start() + ", " + range.stop() + (range.step() == 1 ? ")" : ", " + range.step() + ")"));
    }

    @Override
    public void view(String name, Collection<Value> items) {
        out.append(name + "([");
        elements(items);
        out.append("])");
    }

    @Override
    public void undefined() {
        out.append("Undefined");
    }

    @Override
    public void opaque(Value value) {
        throw TemplateException.evaluation("a value of type '" + value.typeName() + "' cannot be printed");
    }

    private void elements(Collection<Value> items) {
        String separator = "";
        for (Value item : items) {
            out.append(separator);
            item.accept(this);
            separator = ", ";
        }
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
