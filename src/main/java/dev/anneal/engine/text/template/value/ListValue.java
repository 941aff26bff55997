package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code list} or {@code tuple}. Templates cannot change either. */
public final class ListValue implements Value {

    private static final long MAX_WEIGHT = 1L << 40;

    private final boolean isTuple;
    private final List<Value> items;
    private final List<String> names;
    private final int nesting;
    private final long weight;
    private final boolean isHashable;

    private ListValue(boolean isTuple, List<Value> items, List<String> names) {
        this.isTuple = isTuple;
        this.items = items;
        this.names = names;
        int deepest = 0;
        long sum = 1;
        boolean hashable = isTuple;
        for (Value item : items) {
            deepest = Math.max(deepest, item.nesting());
            sum = addWeights(sum, item.weight());
            hashable &= item.isHashable();
        }
        this.nesting = checkedNesting(deepest + 1);
        this.weight = sum;
        this.isHashable = hashable;
    }

    /** A list; the caller gives the items away. */
    public static ListValue list(List<Value> items) {
        return new ListValue(false, items, List.of());
    }

    /** A tuple; the caller gives the items away. */
    public static ListValue tuple(List<Value> items) {
        return new ListValue(true, items, List.of());
    }

    /** A tuple whose items have names as well, as Python's {@code namedtuple}; the caller gives the items away. */
    public static ListValue namedTuple(List<String> names, List<Value> items) {
        return new ListValue(true, items, names);
    }

    /** A list of everything that a value iterates over. */
    public static ListValue copyOf(Value source, Budget budget) {
        return list(itemsOf(source, budget));
    }

    /** Everything that a value iterates over, in a list of the caller's own. */
    public static List<Value> itemsOf(Value source, Budget budget) {
        Iterator<Value> iterator = source.iterator();
        int known = source.lengthIfKnown();
        List<Value> items = new ArrayList<>(known < 0 ? 0 : budget.elements(known));
        while (iterator.hasNext()) {
            items.add(iterator.next());
            if (known < 0) {
                budget.growTo(items.size());
            }
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

    /** The items, which must not be changed. */
    public List<Value> items() {
        return Collections.unmodifiableList(items);
    }

    @Override
    public @Nullable Value attribute(String name) {
        int index = names.indexOf(name);
        return index < 0 ? null : items.get(index);
    }

    @Override
    public String typeName() {
        return isTuple ? "tuple" : "list";
    }

    @Override
    public void accept(ValueVisitor visitor) {
        if (isTuple) {
            visitor.tuple(items);
        } else {
            visitor.list(items);
        }
    }

    @Override
    public boolean isTrue() {
        return !items.isEmpty();
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
        return items().iterator();
    }

    @Override
    public boolean isIterable() {
        return true;
    }

    @Override
    public int lengthIfKnown() {
        return items.size();
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        budget.charge(weight);
        return items.contains(element);
    }

    @Override
    public @Nullable Value item(Value key) {
        int position = NumberValue.position(key, items.size());
        return position < 0 ? null : items.get(position);
    }

    @Override
    public Value slice(Slice slice, Budget budget) {
        Slice.Positions positions = slice.within(items.size());
        List<Value> taken = new ArrayList<>(budget.elements(positions.count()));
        for (int i = 0; i < positions.count(); i++) {
            taken.add(items.get(positions.at(i)));
        }
        return new ListValue(isTuple, taken, List.of());
    }

    @Override
    public Value plus(Value other, Budget budget) {
        if (!(other instanceof ListValue list) || list.isTuple != isTuple) {
            throw unsupported("+", other);
        }
        List<Value> joined = new ArrayList<>(budget.elements((long) items.size() + list.items.size()));
        joined.addAll(items);
        joined.addAll(list.items);
        return new ListValue(isTuple, joined, List.of());
    }

    @Override
    public Value times(NumberValue count, Budget budget) {
        int copies = items.isEmpty() ? 0 : count.repetitions();
        List<Value> repeated = new ArrayList<>(budget.elements(Math.multiplyFull(copies, items.size())));
        for (int i = 0; i < copies; i++) {
            repeated.addAll(items);
        }
        return new ListValue(isTuple, repeated, List.of());
    }

    @Override
    public int compare(Value other) {
        if (!(other instanceof ListValue list) || list.isTuple != isTuple) {
            return Value.super.compare(other);
        }
        for (int i = 0; i < Math.min(items.size(), list.items.size()); i++) {
            if (!items.get(i).equals(list.items.get(i))) {
                return items.get(i).compare(list.items.get(i));
            }
        }
        return Integer.compare(items.size(), list.items.size());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ListValue list && list.isTuple == isTuple && list.items.equals(items);
    }

    @Override
    public int hashCode() {
        return items.hashCode();
    }
}
