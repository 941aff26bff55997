package dev.anneal.engine.text.template.value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** What {@code keys()}, {@code values()} and {@code items()} of a mapping give: iterable and with a length, but without positions. */
public final class MapView implements Value {

    private final String typeName;
    private final Collection<Value> elements;
    private final int nesting;
    private final long weight;

    private MapView(String typeName, MapValue map, Collection<Value> elements) {
        this.typeName = typeName;
        this.elements = elements;
        this.nesting = ListValue.checkedNesting(map.nesting() + 1);
        this.weight = map.weight() + elements.size();
    }

    /** The keys. */
    public static MapView keys(MapValue map) {
        return new MapView("dict_keys", map, map.entries().keySet());
    }

    /** The values. */
    public static MapView values(MapValue map) {
        return new MapView("dict_values", map, map.entries().values());
    }

    /** The entries as pairs. */
    public static MapView items(MapValue map, Budget budget) {
        List<Value> pairs = new ArrayList<>(budget.elements(map.length()));
        for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
            pairs.add(ListValue.tuple(List.of(entry.getKey(), entry.getValue())));
        }
        return new MapView("dict_items", map, pairs);
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public void accept(ValueVisitor visitor) {
        visitor.view(typeName, elements);
    }

    @Override
    public boolean isTrue() {
        return !elements.isEmpty();
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
    public Iterator<Value> iterator() {
        return Collections.unmodifiableCollection(elements).iterator();
    }

    @Override
    public boolean isIterable() {
        return true;
    }

    @Override
    public int lengthIfKnown() {
        return elements.size();
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        budget.charge(weight);
        return elements.contains(element);
    }
}
