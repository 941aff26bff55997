package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables of a block, which end with it. Reads also find variables of enclosing blocks. */
final class Scope {

    private final @Nullable Scope outer;
    private final Map<String, Value> variables = new HashMap<>();

    /**
     * @param outer enclosing scope; null for the outermost
     */
    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    void set(String name, Value value) {
        variables.put(name, value);
    }

    @Nullable
    Value find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
