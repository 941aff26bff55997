package dev.anneal.engine.text.template.value;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A callable: a built-in, a method bound to its object, or a macro. */
public record FunctionValue(Function<Arguments, Value> body) implements Value {

    /** Evaluated arguments of a call; the named ones in the order of the source. */
    public record Arguments(List<Value> positional, Map<String, Value> named) {}

    @Override
    public String typeName() {
        return "function";
    }

    @Override
    public Value call(Arguments arguments) {
        return body.apply(arguments);
    }
}
