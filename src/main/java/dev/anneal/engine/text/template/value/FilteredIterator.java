package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The elements of another iterator that pass a test, found one at a time. */
public final class FilteredIterator implements Iterator<Value> {

    private final Iterator<Value> source;
    private final Predicate<Value> test;
    private @Nullable Value next;

    /** Elements of the source that pass the test. */
    public FilteredIterator(Iterator<Value> source, Predicate<Value> test) {
        this.source = source;
        this.test = test;
    }

    @Override
    public boolean hasNext() {
        while (next == null && source.hasNext()) {
            Value candidate = source.next();
            next = test.test(candidate) ? candidate : null;
        }
        return next != null;
    }

    @Override
    public Value next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        Value element = next;
        next = null;
        return element;
    }
}
