package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The tests after {@code is}. */
public final class Tests {

    private static final Map<String, Builtin> TABLE = new TreeMap<>(Builtin.table(
            test("defined", value -> !(value instanceof Undefined)),
            test("undefined", value -> value instanceof Undefined),
            test("none", value -> value == NoneValue.NONE),
            test("boolean", value -> value.typeName().equals("bool")),
            test("true", value -> value == NumberValue.TRUE),
            test("false", value -> value == NumberValue.FALSE),
            test("number", value -> value instanceof NumberValue),
            test("integer", value -> value.typeName().equals("int")),
            test("float", value -> value.typeName().equals("float")),
            test("string", value -> value instanceof TextValue),
            test("mapping", value -> value instanceof MapValue),
            test("iterable", Value::isIterable),
            test("sequence", Tests::isSequence),
            test("callable", value -> value instanceof FunctionValue),
            define("odd", "", call -> NumberValue.of(remainder(call, 2).equals(NumberValue.of(1)))),
            define("even", "", call -> NumberValue.of(!remainder(call, 2).isTrue()))));

    static {
        for (String names :
                List.of("eq equalto ==", "ne !=", "lt lessthan <", "le <=", "gt greaterthan >", "ge >=", "in")) {
            Relation relation = Relation.valueOf(names.split(" ")[0].toUpperCase(Locale.ROOT));
            Function<Call, Value> body =
                    call -> NumberValue.of(relation.holds(call.subject(), call.value("other"), call.budget()));
            for (String name : names.split(" ")) {
                TABLE.put(name, define(name, "other", body));
            }
        }
    }

    private Tests() {}

    /** The test of this name. */
    public static Builtin get(String name) {
        Builtin test = TABLE.get(name);
        if (test == null) {
            throw TemplateException.unsupported(
                    "the test '" + name + "'", "tests are " + String.join(", ", TABLE.keySet()));
        }
        return test;
    }

    private static Builtin test(String name, Predicate<Value> test) {
        return define(name, "", call -> NumberValue.of(test.test(call.subject())));
    }

    /** Jinja checks for a length and indexing, which an undefined value supports as well. */
    private static boolean isSequence(Value value) {
        return value instanceof TextValue
                || value instanceof MapValue
                || value instanceof Undefined
                || (value instanceof ListValue list && list.kind().compareTo(ListValue.Kind.RANGE) <= 0);
    }

    private static Value remainder(Call call, long divisor) {
        return Arithmetic.REMAINDER.apply(call.subject(), NumberValue.of(divisor), call.budget());
    }
}
