package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call by the names of the built-in's parameters. */
final class BoundArguments {

    /** Far beyond any size and position, and far from where sums of such numbers overflow. */
    private static final long MAX_INTEGER = 1L << 40;

    private final Builtin builtin;
    private final Value[] values;
    private final List<Value> rest;
    private final Map<String, Value> named;

    BoundArguments(Builtin builtin, Arguments arguments) {
        this.builtin = builtin;
        int count = builtin.parameters().size();
        List<Value> positional = arguments.positional();
        if (positional.size() > count && !builtin.takesRest()) {
            throw failure("takes at most " + count + " arguments, " + positional.size() + " were given");
        }
        this.values = positional.subList(0, Math.min(count, positional.size())).toArray(new Value[count]);
        this.rest = positional.subList(Math.min(count, positional.size()), positional.size());
        this.named = arguments.named().isEmpty() ? Map.of() : bindNamed(arguments.named());
    }

    private Map<String, Value> bindNamed(Map<String, Value> given) {
        Map<String, Value> others = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            int position = builtin.parameters().indexOf(name);
            if (position >= 0) {
                values[position] = value;
            } else if (builtin.takesNamed()) {
                others.put(name, value);
            } else {
                throw failure("has no parameter '" + name + "'");
            }
        });
        return others;
    }

    private TemplateException failure(String reason) {
        return TemplateException.evaluation(builtin.name() + "() " + reason);
    }

    private @Nullable Value find(String name) {
        return values[builtin.parameters().indexOf(name)];
    }

    /** Whether it is given and not None. */
    boolean has(String name) {
        Value value = find(name);
        return value != null && value != NoneValue.NONE;
    }

    /** An argument that must be given. */
    Value value(String name) {
        Value value = find(name);
        if (value == null) {
            throw failure("lacks the argument '" + name + "'");
        }
        return value;
    }

    Value value(String name, Value fallback) {
        Value value = find(name);
        return value == null ? fallback : value;
    }

    /** A text that must be given. */
    String text(String name) {
        if (value(name) instanceof TextValue text) {
            return text.string();
        }
        throw failure("wants a text as '" + name + "', not " + value(name).typeName());
    }

    /** A text; a missing one and None count as the fallback. */
    String text(String name, String fallback) {
        return has(name) ? text(name) : fallback;
    }

    /** An integer; a missing one and None count as the fallback. */
    long integer(String name, long fallback) {
        if (!has(name)) {
            return fallback;
        }
        if (value(name) instanceof NumberValue number) {
            return checked(number.asLong());
        }
        throw failure("wants an integer as '" + name + "', not " + value(name).typeName());
    }

    private static long checked(long integer) {
        if (Math.abs(integer) > MAX_INTEGER || integer == Long.MIN_VALUE) {
            throw TemplateException.budget("a number of more than " + MAX_INTEGER + " as an argument");
        }
        return integer;
    }

    boolean flag(String name) {
        Value value = find(name);
        return value != null && value.isTrue();
    }

    /** Positional arguments beyond the parameters. */
    List<Value> rest() {
        return rest;
    }

    /** Named arguments that are no parameters. */
    Map<String, Value> named() {
        return named;
    }
}
