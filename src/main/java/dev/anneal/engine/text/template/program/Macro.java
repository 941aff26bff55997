package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A function written in the template; its value is the text that its body prints.
 *
 * @param names every name that the body reads: {@code caller}, {@code varargs} and {@code kwargs} are passed only to macros that use them
 */
public record Macro(String name, List<Parameter> parameters, Set<String> names, Statement body) {

    private static final String CALLER = "caller";
    private static final String VARARGS = "varargs";
    private static final String KWARGS = "kwargs";

    /** A parameter and the value of it that is used if none is given. */
    public record Parameter(String name, @Nullable Expression fallback) {}

    /** The macro as a function that sees the variables around its definition, as they are when it is called. */
    FunctionValue.Body closure(Context context) {
        Scope outer = context.scope();
        return arguments -> {
            Scope scope = new Scope(outer);
            return context.capture(scope, () -> {
                bind(arguments, context);
                return context.execute(body);
            });
        };
    }

    private void bind(Arguments arguments, Context context) {
        Map<String, Value> named = new LinkedHashMap<>(arguments.named());
        List<Value> positional = arguments.positional();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Value given = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
            context.set(parameter.name(), given != null ? given : fallback(parameter, context));
        }
        bindCaller(named, context);
        bindRest(positional, context);
        bindNamed(named, context);
    }

    private static Value fallback(Parameter parameter, Context context) {
        return parameter.fallback() == null
                ? Undefined.because("parameter '" + parameter.name() + "' was not provided")
                : context.evaluate(parameter.fallback());
    }

    private void bindCaller(Map<String, Value> named, Context context) {
        boolean isParameter =
                parameters.stream().anyMatch(parameter -> parameter.name().equals(CALLER));
        if (names.contains(CALLER) && !isParameter) {
            Value caller = named.remove(CALLER);
            context.set(CALLER, caller == null ? Undefined.because("No caller defined") : caller);
        }
    }

    private void bindRest(List<Value> positional, Context context) {
        List<Value> rest = positional.subList(Math.min(parameters.size(), positional.size()), positional.size());
        if (names.contains(VARARGS)) {
            context.set(VARARGS, ListValue.tuple(new ArrayList<>(rest)));
        } else if (!rest.isEmpty()) {
            throw TemplateException.evaluation(
                    "macro '" + name + "' takes not more than " + parameters.size() + " argument(s)");
        }
    }

    private void bindNamed(Map<String, Value> named, Context context) {
        if (names.contains(KWARGS)) {
            Map<Value, Value> entries = new LinkedHashMap<>();
            named.forEach((key, value) -> entries.put(new TextValue(key), value));
            context.set(KWARGS, new MapValue(entries));
        } else if (!named.isEmpty()) {
            throw TemplateException.evaluation("macro '" + name + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'");
        }
    }
}
