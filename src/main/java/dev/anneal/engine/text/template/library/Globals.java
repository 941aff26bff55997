package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NamespaceValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.RangeValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The functions that every chat template can call. */
public final class Globals {

    private static final Map<String, Builtin> TABLE = Builtin.table(
            define("range", "start stop step", (self, arguments, environment) -> {
                long first = arguments.integer("start", 0);
                long step = arguments.integer("step", 1);
                return arguments.has("stop")
                        ? new RangeValue(first, arguments.integer("stop", 0), step)
                        : new RangeValue(0, first, step);
            }),
            define(
                    "dict",
                    "source **named",
                    (self, arguments, environment) -> new MapValue(entries(arguments, environment))),
            define("namespace", "source **named", Globals::namespace),
            define(
                    "joiner",
                    "sep",
                    (self, arguments, environment) -> joiner(arguments.value("sep", new TextValue(", ")))),
            define(
                    "strftime_now",
                    "format",
                    (self, arguments, environment) ->
                            environment.text(TimeFormat.format(arguments.text("format"), environment))),
            define("raise_exception", "message", (self, arguments, environment) -> {
                throw TemplateException.raised(arguments.value("message").text(environment.budget()));
            }));

    private Globals() {}

    /** The function of this name, or null. */
    public static @Nullable FunctionValue find(String name, Environment environment) {
        Builtin function = TABLE.get(name);
        return function == null ? null : function.bind(NoneValue.NONE, environment);
    }

    private static Map<Value, Value> entries(BoundArguments arguments, Environment environment) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        if (arguments.value("source", NoneValue.NONE) instanceof MapValue map) {
            environment.budget().elements(map.length());
            entries.putAll(map.entries());
        } else if (arguments.has("source")) {
            pairs(arguments.value("source"), entries, environment);
        }
        arguments.named().forEach((name, value) -> entries.put(new TextValue(name), value));
        environment.budget().elements(arguments.named().size());
        return entries;
    }

    private static void pairs(Value source, Map<Value, Value> entries, Environment environment) {
        for (Iterator<Value> iterator = source.iterator(); iterator.hasNext(); ) {
            List<Value> pair = ListValue.itemsOf(iterator.next(), environment.budget());
            if (pair.size() != 2) {
                throw TemplateException.evaluation("an entry is a pair, not " + pair.size() + " elements");
            }
            entries.put(MapValue.checkedKey(pair.get(0), environment.budget()), pair.get(1));
            environment.budget().growTo(entries.size());
        }
    }

    private static Value namespace(Value self, BoundArguments arguments, Environment environment) {
        NamespaceValue namespace = new NamespaceValue();
        entries(arguments, environment)
                .forEach((name, value) -> namespace.set(name.text(environment.budget()), value, environment.budget()));
        return namespace;
    }

    /** A function that gives nothing when it is called first and the separator from then on. */
    private static Value joiner(Value separator) {
        AtomicBoolean wasCalled = new AtomicBoolean();
        return new FunctionValue(
                "joiner", (Arguments arguments) -> wasCalled.getAndSet(true) ? separator : TextValue.EMPTY);
    }
}
