package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}. It reads one element ahead only if a template needs it. */
public final class LoopValue implements Value {

    private final Budget budget;
    private Iterator<Value> remaining;
    private int length;
    private int index = -1;
    private @Nullable Value previous;
    private @Nullable Value current;
    private @Nullable Value next;

    /**
     * A loop before its first element.
     *
     * @param length number of elements, or -1 if unknown
     */
    public LoopValue(Iterator<Value> elements, int length, Budget budget) {
        this.remaining = elements;
        this.length = length;
        this.budget = budget;
    }

    /** Moves to the next element and returns it, or null at the end. */
    public @Nullable Value advance() {
        Value element = peek();
        if (element != null) {
            next = null;
            index++;
            previous = current;
            current = element;
        }
        return element;
    }

    private @Nullable Value peek() {
        if (next == null && remaining.hasNext()) {
            next = remaining.next();
        }
        return next;
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public int lengthIfKnown() {
        if (length < 0) {
            List<Value> rest = ListValue.itemsOf(remaining, budget);
            remaining = rest.iterator();
            length = index + 1 + (next == null ? 0 : 1) + rest.size();
        }
        return length;
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> NumberValue.of(index + 1L);
            case "index0" -> NumberValue.of(index);
            case "revindex" -> NumberValue.of(length() - index);
            case "revindex0" -> NumberValue.of(length() - index - 1L);
            case "first" -> NumberValue.of(index == 0);
            case "last" -> NumberValue.of(peek() == null);
            case "length" -> NumberValue.of(length());
            case "previtem" -> orUndefined(previous, "there is no previous item");
            case "nextitem" -> orUndefined(peek(), "there is no next item");
            default -> null;
        };
    }

    private static Value orUndefined(@Nullable Value item, String reason) {
        return item == null ? Undefined.because(reason) : item;
    }
}
