package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.TemplateException.check;
import static dev.anneal.engine.text.template.value.Builtin.define;
import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The global functions of chat templates. */
public final class Globals {

    private static final Map<String, Builtin> TABLE = Builtin.table(
            define("range", "/ start stop step", Globals::range),
            define("namespace", "*", Globals::namespace),
            define("strftime_now", "format", call -> call.made(TimeFormat.format(call.text("format"), call.budget()))),
            define("raise_exception", "message", call -> {
                throw TemplateException.raised(call.str(call.value("message")));
            }));

    /**
     * Unsupported names of Jinja, some of them only in macros, which are refused instead of being treated as undefined
     * variables.
     */
    private static final Set<String> UNSUPPORTED =
            Set.of("caller", "cycler", "dict", "joiner", "kwargs", "lipsum", "self", "varargs");

    private Globals() {}

    /** The function of this name, or an undefined value. */
    public static Object get(String name, Budget budget) {
        if (UNSUPPORTED.contains(name)) {
            throw TemplateException.unsupported(
                    "the function '" + name + "'", "functions are namespace, raise_exception, range, strftime_now");
        }
        Builtin function = TABLE.get(name);
        return function != null ? function.bind(NONE, budget) : new Undefined("'" + name + "' is undefined");
    }

    private static Object range(Call call) {
        int given = call.arguments().positional().size();
        long start = given > 1 ? call.integer("start", 0) : 0;
        long stop = call.integer(given > 1 ? "stop" : "start", 0);
        long step = call.integer("step", 1);
        check(step != 0 && given > 0, "range() takes a start, a stop, and a step other than zero");
        long count = Math.max(0, (stop - start + step - Long.signum(step)) / step);
        Budget.limit(count, Budget.MAX_ELEMENTS, "a range of more than %d numbers");
        List<Object> numbers = new ArrayList<>(call.budget().elements(count));
        for (long number = start; numbers.size() < count; number += step) {
            numbers.add(number);
        }
        return Sequence.of("range", numbers);
    }

    private static Object namespace(Call call) {
        Namespace namespace = new Namespace(new HashMap<>());
        boolean isNamed = call.arguments().positional().isEmpty();
        check(isNamed, "namespace() takes named arguments only here");
        call.arguments().named().forEach((name, value) -> namespace.set(name, value, call.budget()));
        return namespace;
    }
}
