package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}. It reads ahead by one element, and only where a template asks for what comes next. */
public final class LoopValue implements Value {

    /** What calling the loop does: it runs the loop's body over other elements, one level deeper. */
    @FunctionalInterface
    public interface Recursion {

        /** Text of the inner loop. */
        Value run(Value elements, int depth);
    }

    /** Length of something that has to be read for it. */
    public static final int UNKNOWN_LENGTH = -1;

    private final int depth;
    private final @Nullable Recursion recursion;
    private final Budget budget;
    private Iterator<Value> remaining;
    private int length;
    private int index = -1;
    private @Nullable Value previous;
    private @Nullable Value current;
    private @Nullable Value next;
    private @Nullable List<Value> lastChanged;

    /**
     * A loop before its first element.
     *
     * @param length number of elements, or {@link #UNKNOWN_LENGTH}
     * @param depth 0 for the outermost loop
     * @param recursion null unless the loop is marked as recursive
     */
    public LoopValue(Iterator<Value> elements, int length, int depth, @Nullable Recursion recursion, Budget budget) {
        this.remaining = elements;
        this.length = length;
        this.depth = depth;
        this.recursion = recursion;
        this.budget = budget;
    }

    /** Goes to the next element and gives it, or null at the end. */
    public @Nullable Value advance() {
        Value element = peek();
        if (element == null) {
            return null;
        }
        next = null;
        index++;
        previous = current;
        current = element;
        return element;
    }

    private @Nullable Value peek() {
        if (next == null && remaining.hasNext()) {
            next = remaining.next();
        }
        return next;
    }

    private int totalLength() {
        if (length < 0) {
            List<Value> rest = new ArrayList<>();
            while (remaining.hasNext()) {
                rest.add(remaining.next());
                budget.growTo(rest.size());
            }
            remaining = rest.iterator();
            length = index + 1 + (next == null ? 0 : 1) + rest.size();
        }
        return length;
    }

    @Override
    public String typeName() {
        return "LoopContext";
    }

    @Override
    public void accept(ValueVisitor visitor) {
        visitor.opaque(this);
    }

    @Override
    public int lengthIfKnown() {
        return totalLength();
    }

    @Override
    public @Nullable Value attribute(String name) {
        return switch (name) {
            case "index" -> NumberValue.of(index + 1L);
            case "index0" -> NumberValue.of(index);
            case "revindex" -> NumberValue.of(totalLength() - index);
            case "revindex0" -> NumberValue.of(totalLength() - index - 1L);
            case "first" -> NumberValue.of(index == 0);
            case "last" -> NumberValue.of(peek() == null);
            case "length" -> NumberValue.of(totalLength());
            case "depth" -> NumberValue.of(depth + 1L);
            case "depth0" -> NumberValue.of(depth);
            case "previtem" -> orUndefined(previous, "there is no previous item");
            case "nextitem" -> orUndefined(peek(), "there is no next item");
            case "cycle" -> new FunctionValue("cycle", this::cycle);
            case "changed" -> new FunctionValue("changed", this::changed);
            default -> null;
        };
    }

    private static Value orUndefined(@Nullable Value item, String reason) {
        return item == null ? Undefined.because(reason) : item;
    }

    private Value cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw TemplateException.evaluation("no items for cycling given");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Value changed(Arguments arguments) {
        arguments.positional().forEach(value -> budget.charge(value.weight()));
        boolean hasChanged = !arguments.positional().equals(lastChanged);
        lastChanged = arguments.positional();
        return NumberValue.of(hasChanged);
    }

    @Override
    public Value call(Arguments arguments) {
        if (recursion == null) {
            throw TemplateException.evaluation("The loop must have the 'recursive' marker to be called recursively.");
        }
        if (arguments.positional().size() != 1) {
            throw TemplateException.evaluation("loop() takes the elements of the inner loop");
        }
        return recursion.run(arguments.positional().get(0), depth + 1);
    }
}
