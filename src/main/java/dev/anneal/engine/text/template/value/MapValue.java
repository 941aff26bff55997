package dev.anneal.engine.text.template.value;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code dict}: entries in the order of insertion. Immutable for templates. */
public final class MapValue implements Value {

    private final Map<Value, Value> entries;
    private final int nesting;
    private final long weight;

    /** A mapping, which takes the entries over. */
    public MapValue(Map<Value, Value> entries) {
        this.entries = Collections.unmodifiableMap(entries);
        int deepest = 0;
        long sum = 1;
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            deepest = Math.max(deepest, entry.getValue().nesting());
            sum = ListValue.addWeights(
                    sum, entry.getKey().weight() + entry.getValue().weight());
        }
        this.nesting = ListValue.checkedNesting(deepest + 1);
        this.weight = sum;
    }

    /** The key itself, if it is hashable. */
    public static Value checkedKey(Value key, Budget budget) {
        if (!key.isHashable()) {
            throw key.failure("unhashable type: '" + key.typeName() + "'");
        }
        budget.charge(key.weight());
        return key;
    }

    /** The entries, unmodifiable. */
    public Map<Value, Value> entries() {
        return entries;
    }

    /** Python's {@code dict.items()}. */
    public ListValue items(Budget budget) {
        budget.elements(entries.size());
        return ListValue.of(
                ListValue.Kind.DICT_ITEMS,
                entries.entrySet().stream()
                        .<Value>map(entry -> ListValue.tuple(entry.getKey(), entry.getValue()))
                        .toList());
    }

    @Override
    public String typeName() {
        return "dict";
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
        return false;
    }

    @Override
    public Iterator<Value> iterator() {
        return entries.keySet().iterator();
    }

    @Override
    public int lengthIfKnown() {
        return entries.size();
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        return entries.containsKey(checkedKey(element, budget));
    }

    @Override
    public @Nullable Value item(Value key) {
        return key.isHashable() ? entries.get(key) : null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MapValue map && map.entries.equals(entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }
}
