package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables of a block. What a block sets is gone when it ends; what it reads may come from the blocks around it. */
final class Scope {

    private static final int USUAL_VARIABLES = 4;

    private final @Nullable Scope outer;
    private final Map<String, Value> variables;

    /** The outermost scope. */
    Scope() {
        this.outer = null;
        this.variables = new HashMap<>();
    }

    Scope(Scope outer) {
        this.outer = outer;
        this.variables = new HashMap<>(USUAL_VARIABLES);
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
