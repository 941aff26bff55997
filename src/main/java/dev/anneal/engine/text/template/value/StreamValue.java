package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Python's generator, as {@code map} and {@code select} make it: lazy, read once, always true, without a length. */
public final class StreamValue implements Value {

    private final Iterator<Value> elements;
    private final int nesting;

    /**
     * A stream over other values.
     *
     * @param source what it reads from; streams over streams count as nested, since reading one reads them all
     */
    public StreamValue(Value source, Iterator<Value> elements) {
        this.elements = elements;
        this.nesting = ListValue.checkedNesting(source.nesting() + 1);
    }

    /** What a value iterates over, read one at a time. */
    public static Stream<Value> elements(Value source) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(source.iterator(), 0), false);
    }

    @Override
    public String typeName() {
        return "generator";
    }

    @Override
    public int nesting() {
        return nesting;
    }

    @Override
    public Iterator<Value> iterator() {
        return elements;
    }
}
