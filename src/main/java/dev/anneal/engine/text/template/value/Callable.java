package dev.anneal.engine.text.template.value;

import java.util.List;
import java.util.Map;

/** A callable: a built-in, a method bound to its object, or a macro. */
public interface Callable {

    /** Evaluated arguments of a call; the named ones in the order of the source. */
    record Arguments(List<Object> positional, Map<String, Object> named) {}

    /** Python's {@code value(...)}. */
    Object call(Arguments arguments);
}
