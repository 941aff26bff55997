package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Callable.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A filter, test, method or function.
 *
 * @param parameters names in Python's order
 * @param takesNames whether arguments can be given by name
 * @param takesAny whether any arguments can be given, which the body reads
 * @param body its implementation
 */
public record Builtin(
        String name, List<String> parameters, boolean takesNames, boolean takesAny, Function<Call, Object> body) {

    /**
     * A built-in.
     *
     * @param parameters names separated by spaces; a leading {@code /} allows only positions, {@code *} stands for any
     *     arguments
     */
    static Builtin define(String name, String parameters, Function<Call, Object> body) {
        List<String> names = new ArrayList<>(List.of(parameters.split("\\W+")));
        names.remove("");
        return new Builtin(name, names, !parameters.startsWith("/"), parameters.startsWith("*"), body);
    }

    static Map<String, Builtin> table(Builtin... builtins) {
        return Arrays.stream(builtins).collect(Collectors.toMap(Builtin::name, Function.identity()));
    }

    /** The built-in of this name in a table of filters or tests. */
    static Builtin get(Map<String, Builtin> table, String kind, String name) {
        Builtin found = table.get(name);
        if (found == null) {
            throw TemplateException.unsupported(
                    "the " + kind + " '" + name + "'", kind + "s are " + String.join(", ", table.keySet()));
        }
        return found;
    }

    /** Applies it to a filter's input, a test's operand or a method's object; to None if it is a function. */
    public Object apply(Object subject, Arguments arguments, Budget budget) {
        return body.apply(new Call(this, subject, arguments, budget));
    }

    /** The built-in as a value, if a template names it without calling it. */
    Callable bind(Object subject, Budget budget) {
        return arguments -> apply(subject, arguments, budget);
    }
}
