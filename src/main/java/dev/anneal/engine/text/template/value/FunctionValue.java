package dev.anneal.engine.text.template.value;

import java.util.function.Function;

/** Something that a template may call: a built-in, a method bound to its object, a macro. */
public record FunctionValue(Function<Arguments, Value> body) implements Value {

    @Override
    public String typeName() {
        return "function";
    }

    @Override
    public Value call(Arguments arguments) {
        return body.apply(arguments);
    }
}
