package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.protocol.WireName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code list} and other ordered collections: tuples, ranges and the views of a {@code dict}. Immutable for
 * templates.
 */
public final class ListValue implements Value {

    /**
     * Python's types, ordered by their operations: the first two can be concatenated and compared, the first three
     * indexed.
     */
    public enum Kind {
        LIST,
        TUPLE,
        RANGE,
        DICT_KEYS,
        DICT_VALUES,
        DICT_ITEMS
    }

    private static final long MAX_WEIGHT = 1L << 40;

    private final Kind kind;
    private final List<Value> items;
    private final int nesting;
    private final long weight;
    private final boolean isHashable;

    private ListValue(Kind kind, List<Value> items) {
        this.kind = kind;
        this.items = Collections.unmodifiableList(items);
        int deepest = 0;
        long sum = 1;
        boolean hashable = kind == Kind.TUPLE;
        for (Value item : items) {
            deepest = Math.max(deepest, item.nesting());
            sum = addWeights(sum, item.weight());
            hashable &= item.isHashable();
        }
        this.nesting = checkedNesting(deepest + 1);
        this.weight = sum;
        this.isHashable = hashable;
    }

    /** A sequence of this kind, which takes the list over. */
    public static ListValue of(Kind kind, List<Value> items) {
        return new ListValue(kind, items);
    }

    /** A list, which takes {@code items} over. */
    public static ListValue list(List<Value> items) {
        return new ListValue(Kind.LIST, items);
    }

    /** A tuple. */
    public static ListValue tuple(Value... items) {
        return new ListValue(Kind.TUPLE, List.of(items));
    }

    /** All elements of an iterable value, in a new list. */
    public static List<Value> itemsOf(Value source, Budget budget) {
        return itemsOf(source.iterator(), budget);
    }

    static List<Value> itemsOf(Iterator<Value> remaining, Budget budget) {
        List<Value> items = new ArrayList<>();
        while (remaining.hasNext()) {
            items.add(remaining.next());
            budget.growTo(items.size());
        }
        return items;
    }

    static int checkedNesting(int nesting) {
        if (nesting > Budget.MAX_NESTING) {
            throw TemplateException.budget("more than " + Budget.MAX_NESTING + " lists or mappings inside one another");
        }
        return nesting;
    }

    static long addWeights(long left, long right) {
        return Math.min(MAX_WEIGHT, left + right);
    }

    /** The items, unmodifiable. */
    public List<Value> items() {
        return items;
    }

    /** Python's type. */
    public Kind kind() {
        return kind;
    }

    private boolean hasPositions() {
        return kind.compareTo(Kind.RANGE) <= 0;
    }

    /** Whether both are lists or both are tuples. */
    private boolean isLike(Value other) {
        return other instanceof ListValue list && list.kind == kind && kind.compareTo(Kind.TUPLE) <= 0;
    }

    @Override
    public String typeName() {
        return WireName.of(kind);
    }

    @Override
    public int nesting() {
        return nesting;
    }

    @Override
    public long weight() {
        return weight;
    }

    @Override
    public boolean isHashable() {
        return isHashable;
    }

    @Override
    public Iterator<Value> iterator() {
        return items.iterator();
    }

    @Override
    public int lengthIfKnown() {
        return items.size();
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        if (kind == Kind.DICT_KEYS) {
            MapValue.checkedKey(element, budget);
        }
        return Value.super.contains(element, budget);
    }

    @Override
    public @Nullable Value item(Value key) {
        int position = hasPositions() ? NumberValue.position(key, items.size()) : -1;
        return position < 0 ? null : items.get(position);
    }

    @Override
    public Value slice(Slice slice, Budget budget) {
        if (!hasPositions()) {
            return Value.super.slice(slice, budget);
        }
        int[] positions = slice.positions(items.size());
        List<Value> taken = new ArrayList<>(budget.elements(positions.length));
        for (int position : positions) {
            taken.add(items.get(position));
        }
        return new ListValue(kind, taken);
    }

    @Override
    public Value plus(Value other, Budget budget) {
        if (!isLike(other)) {
            throw unsupported("+", other);
        }
        List<Value> more = ((ListValue) other).items;
        List<Value> joined = new ArrayList<>(budget.elements((long) items.size() + more.size()));
        joined.addAll(items);
        joined.addAll(more);
        return new ListValue(kind, joined);
    }

    @Override
    public Value times(NumberValue count, Budget budget) {
        if (!isLike(this)) {
            throw unsupported("*", count);
        }
        int copies = items.isEmpty() ? 0 : count.repetitions();
        budget.elements(Math.multiplyFull(copies, items.size()));
        List<Value> repeated = new ArrayList<>();
        Collections.nCopies(copies, items).forEach(repeated::addAll);
        return new ListValue(kind, repeated);
    }

    @Override
    public int compare(Value other) {
        if (!isLike(other)) {
            return Value.super.compare(other);
        }
        List<Value> others = ((ListValue) other).items;
        for (int i = 0; i < Math.min(items.size(), others.size()); i++) {
            if (!items.get(i).equals(others.get(i))) {
                return items.get(i).compare(others.get(i));
            }
        }
        return Integer.compare(items.size(), others.size());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!hasPositions()) {
            throw TemplateException.unsupported("comparing values of type '" + typeName() + "'", "make lists of them");
        }
        return other instanceof ListValue list && list.kind == kind && list.items.equals(items);
    }

    @Override
    public int hashCode() {
        return items.hashCode();
    }
}
