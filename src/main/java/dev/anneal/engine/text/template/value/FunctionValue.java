package dev.anneal.engine.text.template.value;

import org.jspecify.annotations.Nullable;

/** Something that a template may call: a built-in, a method bound to its object, a macro. */
public final class FunctionValue implements Value {

    /** What a call does. */
    @FunctionalInterface
    public interface Body {

        /** Runs it. */
        Value call(Arguments arguments);
    }

    private final String name;
    private final Body body;

    /** A function under a name. */
    public FunctionValue(String name, Body body) {
        this.name = name;
        this.body = body;
    }

    @Override
    public String typeName() {
        return "function";
    }

    @Override
    public void accept(ValueVisitor visitor) {
        visitor.opaque(this);
    }

    @Override
    public @Nullable Value attribute(String attribute) {
        return attribute.equals("name") ? new TextValue(name) : null;
    }

    @Override
    public Value call(Arguments arguments) {
        return body.call(arguments);
    }
}
