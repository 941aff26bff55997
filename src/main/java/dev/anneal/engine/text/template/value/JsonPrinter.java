package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonFloat;
import dev.anneal.engine.text.template.TemplateException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints values as Python's {@code json.dumps} does. */
public final class JsonPrinter implements ValueVisitor {

    /**
     * How to print.
     *
     * @param indent what each level begins its lines with; null prints on one line
     * @param sortKeys order of the keys instead of the order of insertion
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
        value.accept(printer);
        return printer.out.toString();
    }

    @Override
    public void none() {
        out.append("null");
    }

    @Override
    public void bool(boolean value) {
        out.append(value ? "true" : "false");
    }

    @Override
    public void whole(BigInteger value) {
        out.append(value.toString());
    }

    @Override
    public void real(double value) {
        out.append(PythonFloat.json(value));
    }

    @Override
    public void text(String value) {
        out.append("\"");
        out.appendEscaped(value, this::escape);
        out.append("\"");
    }

    @Override
    public void list(List<Value> items) {
        Iterator<Value> iterator = items.iterator();
        block("[", "]", iterator, () -> iterator.next().accept(this));
    }

    @Override
    public void tuple(List<Value> items) {
        list(items);
    }

    @Override
    public void map(Map<Value, Value> entries) {
        Iterator<Map.Entry<Value, Value>> iterator = style.sortKeys()
                ? sorted(entries).iterator()
                : entries.entrySet().iterator();
        block("{", "}", iterator, () -> entry(iterator.next()));
    }

    private List<Map.Entry<Value, Value>> sorted(Map<Value, Value> entries) {
        budget.charge(entries.size() * 16L);
        List<Map.Entry<Value, Value>> sorted = new ArrayList<>(entries.entrySet());
        sorted.sort((left, right) -> left.getKey().compare(right.getKey()));
        return sorted;
    }

    private void entry(Map.Entry<Value, Value> entry) {
        Value key = entry.getKey();
        if (key instanceof TextValue text) {
            text(text.string());
        } else if (key instanceof NumberValue || key == NoneValue.NONE) {
            out.append("\"");
            key.accept(this);
            out.append("\"");
        } else {
            throw TemplateException.evaluation("keys must be str, int, float, bool or None, not " + key.typeName());
        }
        out.append(style.keySeparator());
        entry.getValue().accept(this);
    }

    private void block(String open, String close, Iterator<?> elements, Runnable printNext) {
        out.append(open);
        boolean isEmpty = !elements.hasNext();
        level++;
        for (String separator = ""; elements.hasNext(); separator = style.itemSeparator()) {
            out.append(separator);
            newLine();
            printNext.run();
        }
        level--;
        if (!isEmpty) {
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

    @Override
    public void range(RangeValue range) {
        throw notSerializable("range");
    }

    @Override
    public void view(String name, Collection<Value> items) {
        throw notSerializable(name);
    }

    @Override
    public void undefined() {
        throw notSerializable("Undefined");
    }

    @Override
    public void opaque(Value value) {
        throw notSerializable(value.typeName());
    }

    private static TemplateException notSerializable(String type) {
        return TemplateException.evaluation("Object of type " + type + " is not JSON serializable");
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
