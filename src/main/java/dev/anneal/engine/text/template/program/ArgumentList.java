package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call as they are written. */
public record ArgumentList(List<Expression> positional, Map<String, Expression> named) {

    /** No arguments. */
    public static final ArgumentList NONE = new ArgumentList(List.of(), Map.of());

    /** These arguments and one more. */
    public ArgumentList with(String name, Expression value) {
        Map<String, Expression> more = new LinkedHashMap<>(named);
        more.put(name, value);
        return new ArgumentList(positional, more);
    }

    Arguments evaluate(Context context) {
        if (positional.isEmpty() && named.isEmpty()) {
            return Arguments.NONE;
        }
        List<Value> values = new ArrayList<>(positional.size());
        for (Expression argument : positional) {
            values.add(context.evaluate(argument));
        }
        Map<String, Value> namedValues = new LinkedHashMap<>();
        named.forEach((name, argument) -> namedValues.put(name, context.evaluate(argument)));
        return new Arguments(values, namedValues);
    }
}
