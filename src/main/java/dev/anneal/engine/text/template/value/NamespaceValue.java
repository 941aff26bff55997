package dev.anneal.engine.text.template.value;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The result of {@code namespace()}: the only mutable value, with which loops can pass values on. */
public final class NamespaceValue implements Value {

    private final Map<String, Value> attributes = new HashMap<>();

    /** Sets an attribute. */
    public void set(String name, Value value, Budget budget) {
        if (name.startsWith("_")) {
            throw failure("the attribute '" + name + "' of a namespace must not begin with an underscore");
        }
        if (attributes.put(name, value) == null) {
            budget.elements(1);
        }
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public @Nullable Value attribute(String name) {
        return attributes.get(name);
    }
}
