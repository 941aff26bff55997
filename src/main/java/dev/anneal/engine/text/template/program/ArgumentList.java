package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call as they are written. */
public record ArgumentList(List<Expression> positional, Map<String, Expression> named) {

    /** No arguments. */
    public static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());

    Arguments evaluate(Context context) {
        List<Value> values = context.evaluate(positional);
        Map<String, Value> namedValues = new LinkedHashMap<>();
        named.forEach((name, argument) -> namedValues.put(name, context.evaluate(argument)));
        return new Arguments(values, namedValues);
    }
}
