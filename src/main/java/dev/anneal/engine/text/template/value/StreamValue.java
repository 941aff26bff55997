package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Python's generator, the result of {@code map} and {@code select}: lazy, read once, always true, without a length. */
public final class StreamValue implements Value {

    private final Iterator<Value> elements;
    private final int nesting;

    /**
     * A stream over other values.
     *
     * @param source its source; streams over streams count as nested, because reading one reads all
     */
    public StreamValue(Value source, Iterator<Value> elements) {
        this.elements = elements;
        this.nesting = ListValue.checkedNesting(source.nesting() + 1);
    }

    /** The elements of an iterable value, read lazily. */
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
