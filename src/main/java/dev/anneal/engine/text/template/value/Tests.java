package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;
import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.value.Operators.Operator;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The tests after {@code is}. */
public final class Tests {

    private static final Map<String, Builtin> TABLE = new TreeMap<>(Builtin.table(
            test("defined", value -> !(value instanceof Undefined)),
            test("undefined", value -> value instanceof Undefined),
            test("none", value -> value == NONE),
            test("boolean", value -> value instanceof Boolean),
            test("true", value -> value.equals(true)),
            test("false", value -> value.equals(false)),
            test("number", value -> Numbers.of(value) instanceof Number),
            test("integer", value -> Python.typeName(value).equals("int")),
            test("float", value -> value instanceof Double),
            test("string", value -> value instanceof String),
            test("mapping", value -> value instanceof Map),
            test("iterable", value -> isSequence(value) || value instanceof Collection || value instanceof Iterator),
            test("sequence", Tests::isSequence),
            test("callable", value -> value instanceof Callable),
            define("odd", "", call -> remainder(call).doubleValue() == 1),
            define("even", "", call -> remainder(call).doubleValue() == 0)));

    static {
        for (String names : "eq equalto ==,ne !=,lt lessthan <,le <=,gt greaterthan >,ge >=,in".split(",")) {
            Operator operator = Operators.get(names.substring(names.lastIndexOf(' ') + 1));
            Function<Call, Object> body = call -> operator.apply(call.subject(), call.value("other"), call.budget());
            for (String name : names.split(" ")) {
                TABLE.put(name, define(name, "other", body));
            }
        }
    }

    private Tests() {}

    /** The test of this name. */
    public static Builtin get(String name) {
        return Builtin.get(TABLE, "test", name);
    }

    private static Builtin test(String name, Predicate<Object> test) {
        return define(name, "", call -> test.test(call.subject()));
    }

    /** Jinja checks for a length and indexing, which an undefined value supports as well. */
    private static boolean isSequence(Object value) {
        return value instanceof String || value instanceof Map || value instanceof Undefined || Python.isIndexed(value);
    }

    private static Number remainder(Call call) {
        return (Number) Operators.get("%").apply(call.subject(), 2L, call.budget());
    }
}
