package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A filter, test, method or function with its parameters, in the order and by the names that Python gives them. */
public final class Builtin {

    /** What it does. */
    @FunctionalInterface
    interface Body {

        /**
         * Runs it.
         *
         * @param subject what a filter or test is applied to, or the object of a method; None for a function
         */
        Value apply(Value subject, BoundArguments arguments, Environment environment);
    }

    private final String name;
    private final List<String> parameters;
    private final boolean takesRest;
    private final boolean takesNamed;
    private final Body body;

    private Builtin(String name, List<String> parameters, Body body) {
        this.name = name;
        this.takesRest = parameters.contains("*rest");
        this.takesNamed = parameters.contains("**named");
        this.parameters = parameters.stream()
                .filter(parameter -> !parameter.startsWith("*"))
                .toList();
        this.body = body;
    }

    /**
     * A built-in.
     *
     * @param parameters names separated by spaces; {@code *rest} takes further positional arguments, {@code **named} further named ones
     */
    static Builtin define(String name, String parameters, Body body) {
        return new Builtin(name, parameters.isEmpty() ? List.of() : List.of(parameters.split(" ")), body);
    }

    static Map<String, Builtin> table(Builtin... builtins) {
        Map<String, Builtin> table = new HashMap<>();
        for (Builtin builtin : builtins) {
            table.put(builtin.name, builtin);
        }
        return table;
    }

    /** Puts a built-in of the table into it under other names as well. */
    static void alias(Map<String, Builtin> table, String name, String... others) {
        for (String other : others) {
            Builtin builtin = table.get(name);
            if (builtin != null) {
                table.put(other, builtin);
            }
        }
    }

    String name() {
        return name;
    }

    List<String> parameters() {
        return parameters;
    }

    boolean takesRest() {
        return takesRest;
    }

    boolean takesNamed() {
        return takesNamed;
    }

    /** Applies it. */
    public Value apply(Value subject, Arguments arguments, Environment environment) {
        return body.apply(subject, new BoundArguments(this, arguments), environment);
    }

    /** The value that a template gets when it names the built-in without calling it. */
    public FunctionValue bind(Value subject, Environment environment) {
        return new FunctionValue(name, arguments -> apply(subject, arguments, environment));
    }
}
