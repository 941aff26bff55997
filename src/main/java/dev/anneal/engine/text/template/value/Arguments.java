package dev.anneal.engine.text.template.value;

import java.util.List;
import java.util.Map;

/** Evaluated arguments of a call; the named ones in the order of the source. */
public record Arguments(List<Value> positional, Map<String, Value> named) {

    /** No arguments at all. */
    public static final Arguments NONE = new Arguments(List.of(), Map.of());
}
