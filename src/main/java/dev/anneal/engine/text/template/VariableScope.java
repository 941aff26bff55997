package dev.anneal.engine.text.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables of a block, which end with it. Reads also find variables of enclosing blocks.
 *
 * @param outer enclosing scope; null for the outermost
 */
record VariableScope(@Nullable VariableScope outer, Map<String, Object> variables) {

    @Nullable
    Object find(String name) {
        Object value = variables.get(name);
        return value != null || outer == null ? value : outer.find(name);
    }
}
