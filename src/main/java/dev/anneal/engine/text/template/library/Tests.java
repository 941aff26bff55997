package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arithmetic;
import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.RangeValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** What can follow {@code is}. */
public final class Tests {

    private static final Map<String, Builtin> TABLE = Builtin.table(
            kind("defined", value -> !(value instanceof Undefined)),
            kind("undefined", value -> value instanceof Undefined),
            kind("none", value -> value == NoneValue.NONE),
            kind("boolean", value -> value instanceof NumberValue.Bool),
            kind("true", value -> value instanceof NumberValue.Bool bool && bool.isTrue()),
            kind("false", value -> value instanceof NumberValue.Bool bool && !bool.isTrue()),
            kind("number", value -> value instanceof NumberValue),
            kind("integer", value -> value instanceof NumberValue.Whole),
            kind("float", value -> value instanceof NumberValue.Real),
            kind("string", value -> value instanceof TextValue),
            kind("mapping", value -> value instanceof MapValue),
            kind("iterable", Value::isIterable),
            kind("sequence", Tests::isSequence),
            kind("callable", value -> value instanceof FunctionValue),
            kind("escaped", value -> false),
            Builtin.define(
                    "lower",
                    "",
                    (value, arguments, environment) ->
                            hasCase(value.text(environment.budget()), Character::isLowerCase)),
            Builtin.define(
                    "upper",
                    "",
                    (value, arguments, environment) ->
                            hasCase(value.text(environment.budget()), Character::isUpperCase)),
            Builtin.define(
                    "odd",
                    "",
                    (value, arguments, environment) -> NumberValue.of(
                            remainder(value, NumberValue.of(2), environment).equals(NumberValue.of(1)))),
            Builtin.define(
                    "even",
                    "",
                    (value, arguments, environment) -> NumberValue.of(
                            !remainder(value, NumberValue.of(2), environment).isTrue())),
            Builtin.define(
                    "divisibleby",
                    "num",
                    (value, arguments, environment) ->
                            NumberValue.of(!remainder(value, arguments.value("num"), environment)
                                    .isTrue())),
            Builtin.define(
                    "in",
                    "seq",
                    (value, arguments, environment) ->
                            NumberValue.of(arguments.value("seq").contains(value, environment.budget()))),
            Builtin.define(
                    "sameas",
                    "other",
                    (value, arguments, environment) -> NumberValue.of(isSame(value, arguments.value("other")))),
            Builtin.define(
                    "filter",
                    "",
                    (value, arguments, environment) ->
                            NumberValue.of(Filters.exists(value.text(environment.budget())))),
            Builtin.define(
                    "test",
                    "",
                    (value, arguments, environment) -> NumberValue.of(exists(value.text(environment.budget())))),
            comparison("eq"),
            comparison("ne"),
            comparison("lt"),
            comparison("le"),
            comparison("gt"),
            comparison("ge"));

    static {
        Builtin.alias(TABLE, "eq", "equalto", "==");
        Builtin.alias(TABLE, "ne", "!=");
        Builtin.alias(TABLE, "lt", "lessthan", "<");
        Builtin.alias(TABLE, "le", "<=");
        Builtin.alias(TABLE, "gt", "greaterthan", ">");
        Builtin.alias(TABLE, "ge", ">=");
    }

    private Tests() {}

    /** The test of this name. */
    public static Builtin get(String name) {
        Builtin test = TABLE.get(name);
        if (test == null) {
            throw TemplateException.evaluation("No test named '" + name + "'.");
        }
        return test;
    }

    static boolean exists(String name) {
        return TABLE.containsKey(name);
    }

    private static Builtin kind(String name, Predicate<Value> test) {
        return Builtin.define(name, "", (value, arguments, environment) -> NumberValue.of(test.test(value)));
    }

    private static Builtin comparison(String name) {
        Relation relation = Relation.valueOf(name.toUpperCase(Locale.ROOT));
        return Builtin.define(
                name,
                "other",
                (value, arguments, environment) ->
                        NumberValue.of(relation.holds(value, arguments.value("other"), environment.budget())));
    }

    /** Jinja asks for a length and positions, which an undefined value has as well. */
    private static boolean isSequence(Value value) {
        return value instanceof TextValue
                || value instanceof ListValue
                || value instanceof MapValue
                || value instanceof RangeValue
                || value instanceof Undefined;
    }

    private static Value hasCase(String text, IntPredicate wanted) {
        return NumberValue.of(Texts.hasCase(text, wanted));
    }

    private static Value remainder(Value value, Value divisor, Environment environment) {
        return Arithmetic.REMAINDER.apply(value, divisor, environment.budget());
    }

    /** Identity, which for scalars can only mean the same type and value. */
    private static boolean isSame(Value value, Value other) {
        boolean isScalar = value instanceof NumberValue || value instanceof TextValue;
        return value == other || (isScalar && value.typeName().equals(other.typeName()) && value.equals(other));
    }
}
