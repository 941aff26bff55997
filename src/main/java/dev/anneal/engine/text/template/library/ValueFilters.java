package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.JsonPrinter;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters of single values: defaults, numbers, JSON. */
final class ValueFilters {

    private static final int DECIMAL = 10;

    static final Map<String, Builtin> TABLE = Builtin.table(
            define("default", "default_value boolean", (value, arguments, environment) -> {
                boolean isMissing = value instanceof Undefined || (arguments.flag("boolean") && !value.isTrue());
                return isMissing ? arguments.value("default_value", TextValue.EMPTY) : value;
            }),
            define(
                    "int",
                    "default base",
                    (value, arguments, environment) -> or(
                            Numbers.toInteger(value, base(arguments)), arguments.value("default", NumberValue.of(0)))),
            define(
                    "float",
                    "default",
                    (value, arguments, environment) ->
                            or(Numbers.toReal(value), arguments.value("default", NumberValue.of(0.0)))),
            define("abs", "", (value, arguments, environment) -> Numbers.absolute(value)),
            define(
                    "round",
                    "precision method",
                    (value, arguments, environment) -> Numbers.round(
                            Numbers.number(value, "round"),
                            arguments.integer("precision", 0),
                            arguments.text("method", "common"))),
            define("attr", "name", (value, arguments, environment) -> {
                Value found = Access.attributeOrMethod(value, arguments.text("name"), environment);
                return found == null ? Undefined.attribute(value, arguments.text("name")) : found;
            }),
            define("tojson", "ensure_ascii indent separators sort_keys", ValueFilters::json));

    private ValueFilters() {}

    private static Value or(@Nullable Value value, Value fallback) {
        return value == null ? fallback : value;
    }

    private static int base(BoundArguments arguments) {
        long base = arguments.integer("base", DECIMAL);
        if (base != 2 && base != 8 && base != DECIMAL && base != 16) {
            throw TemplateException.evaluation("the base of int must be 2, 8, 10 or 16");
        }
        return (int) base;
    }

    private static Value json(Value value, BoundArguments arguments, Environment environment) {
        String indent = arguments.has("indent") ? Indentation.of(arguments.value("indent"), environment) : null;
        List<String> separators = arguments.has("separators")
                ? separators(arguments.value("separators"))
                : List.of(indent == null ? ", " : ",", ": ");
        JsonPrinter.Style style = new JsonPrinter.Style(
                arguments.flag("ensure_ascii"),
                indent,
                separators.get(0),
                separators.get(1),
                arguments.flag("sort_keys"));
        return new TextValue(JsonPrinter.print(value, style, environment.budget()));
    }

    private static List<String> separators(Value value) {
        if (value instanceof ListValue list
                && list.length() == 2
                && list.items().get(0) instanceof TextValue item
                && list.items().get(1) instanceof TextValue key) {
            return List.of(item.string(), key.string());
        }
        throw TemplateException.evaluation("the separators of tojson are two texts");
    }
}
