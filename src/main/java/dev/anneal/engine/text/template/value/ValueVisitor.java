package dev.anneal.engine.text.template.value;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Takes a value apart. One implementation prints as Python does, one as JSON. */
interface ValueVisitor {

    void none();

    void bool(boolean value);

    void whole(BigInteger value);

    void real(double value);

    void text(String value);

    void list(List<Value> items);

    void tuple(List<Value> items);

    void map(Map<Value, Value> entries);

    void range(RangeValue range);

    /** {@code dict_keys}, {@code dict_values} or {@code dict_items}. */
    void view(String name, Collection<Value> items);

    void undefined();

    /** Something that prints as an address of the host in Python, and is therefore refused. */
    void opaque(Value value);
}
