package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}. It reads one element ahead only if a template needs it. */
public final class LoopContext {

    private final Budget budget;
    private Iterator<?> remaining;
    private int length;
    private int index = -1;
    private @Nullable Object previous;
    private @Nullable Object current;
    private @Nullable Object next;

    /** A loop over an iterable value, before its first element. */
    public LoopContext(Object iterable, Budget budget) {
        this.remaining = Python.iterator(iterable);
        this.length = Python.lengthIfKnown(iterable);
        this.budget = budget;
    }

    /** Moves to the next element and returns it, or null at the end. */
    public @Nullable Object advance() {
        Object element = peek();
        if (element != null) {
            next = null;
            index++;
            previous = current;
            current = element;
        }
        return element;
    }

    private @Nullable Object peek() {
        if (next == null && remaining.hasNext()) {
            next = remaining.next();
        }
        return next;
    }

    /** Number of elements, for which those of a generator are read. */
    int length() {
        if (length < 0) {
            List<Object> rest = Python.list(remaining, budget);
            remaining = rest.iterator();
            length = index + 1 + (next == null ? 0 : 1) + rest.size();
        }
        return length;
    }

    /** An attribute of it, or null. */
    @Nullable
    Object attribute(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) length() - index;
            case "revindex0" -> length() - index - 1L;
            case "first" -> index == 0;
            case "last" -> peek() == null;
            case "length" -> (long) length();
            case "previtem" -> previous == null ? new Undefined("there is no previous item") : previous;
            case "nextitem" -> peek() == null ? new Undefined("there is no next item") : next;
            default -> null;
        };
    }
}
