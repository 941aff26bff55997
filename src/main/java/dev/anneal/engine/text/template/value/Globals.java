package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The global functions of chat templates. */
public final class Globals {

    private static final Map<String, Builtin> TABLE = Builtin.table(
            define("range", "/ start stop step", Globals::range),
            define("namespace", "*", Globals::namespace),
            define("strftime_now", "format", call -> call.made(TimeFormat.format(call.text("format"), call.budget()))),
            define("raise_exception", "message", call -> {
                throw TemplateException.raised(call.value("message").text(call.budget()));
            }));

    /**
     * Unsupported names of Jinja, some of them only in macros, which are refused instead of being treated as undefined
     * variables.
     */
    private static final Set<String> UNSUPPORTED =
            Set.of("caller", "cycler", "dict", "joiner", "kwargs", "lipsum", "self", "varargs");

    private Globals() {}

    /** The function of this name, or null. */
    public static @Nullable FunctionValue find(String name, Budget budget) {
        Builtin function = TABLE.get(name);
        if (function == null && UNSUPPORTED.contains(name)) {
            throw TemplateException.unsupported(
                    "the function '" + name + "'", "functions are namespace, raise_exception, range, strftime_now");
        }
        return function == null ? null : function.bind(NoneValue.NONE, budget);
    }

    private static Value range(Call call) {
        boolean hasStop = call.arguments().positional().size() > 1;
        long start = hasStop ? call.integer("start", 0) : 0;
        long stop = call.integer(hasStop ? "stop" : "start", 0);
        long step = call.integer("step", 1);
        if (step == 0 || call.arguments().positional().isEmpty()) {
            throw TemplateException.evaluation("range() takes a start, a stop, and a step other than zero");
        }
        long count = Math.max(0, (stop - start + step - Long.signum(step)) / step);
        if (count > Budget.MAX_ELEMENTS) {
            throw TemplateException.budget("a range of more than " + Budget.MAX_ELEMENTS + " numbers");
        }
        List<Value> numbers = new ArrayList<>(call.budget().elements(count));
        for (long number = start; numbers.size() < count; number += step) {
            numbers.add(NumberValue.of(number));
        }
        return ListValue.of(ListValue.Kind.RANGE, numbers);
    }

    private static Value namespace(Call call) {
        NamespaceValue namespace = new NamespaceValue();
        if (!call.arguments().positional().isEmpty()) {
            throw TemplateException.evaluation("namespace() takes named arguments only here");
        }
        call.arguments().named().forEach((name, value) -> namespace.set(name, value, call.budget()));
        return namespace;
    }
}
