package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.value.FunctionValue.Arguments;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A filter, test, method or function.
 *
 * @param parameters names in Python's order
 * @param kind allowed arguments
 * @param body its implementation
 */
public record Builtin(String name, List<String> parameters, Kind kind, Function<Call, Value> body) {

    /** Allowed arguments of a call. */
    enum Kind {
        /** All parameters by position or by name. */
        NAMED,
        /** All parameters by position. */
        POSITIONAL,
        /** Any arguments; the body reads them. */
        ANY
    }

    /**
     * A built-in.
     *
     * @param parameters names separated by spaces; a leading {@code /} allows only positions, {@code *} stands for any
     *     arguments
     */
    static Builtin define(String name, String parameters, Function<Call, Value> body) {
        Kind kind = parameters.startsWith("*") ? Kind.ANY : parameters.startsWith("/") ? Kind.POSITIONAL : Kind.NAMED;
        List<String> names = Arrays.stream(parameters.split(" "))
                .filter(parameter -> parameter.matches("\\w+"))
                .toList();
        return new Builtin(name, names, kind, body);
    }

    static Map<String, Builtin> table(Builtin... builtins) {
        return Arrays.stream(builtins).collect(Collectors.toMap(Builtin::name, Function.identity()));
    }

    /** Applies it to a filter's input, a test's operand or a method's object; to None if it is a function. */
    public Value apply(Value subject, Arguments arguments, Budget budget) {
        return body.apply(new Call(this, subject, arguments, budget));
    }

    /** The built-in as a value, if a template names it without calling it. */
    public FunctionValue bind(Value subject, Budget budget) {
        return new FunctionValue(arguments -> apply(subject, arguments, budget));
    }
}
