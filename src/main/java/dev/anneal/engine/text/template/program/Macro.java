package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A function written in the template; its value is the text that its body prints. */
public record Macro(String name, List<Parameter> parameters, Statement body) {

    /** A parameter and its value if none is given. */
    public record Parameter(String name, Expression fallback) {}

    /** The macro as a function that sees the variables around its definition, as they are when it is called. */
    FunctionValue function(Context context) {
        Scope outer = context.scope();
        return new FunctionValue(arguments -> context.capture(new Scope(outer), () -> {
            bind(arguments, context);
            return context.execute(body);
        }));
    }

    private void bind(Arguments arguments, Context context) {
        Map<String, Value> named = new HashMap<>(arguments.named());
        List<Value> positional = arguments.positional();
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            Value given = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
            context.set(parameter.name(), given != null ? given : context.evaluate(parameter.fallback()));
        }
        if (positional.size() > parameters.size()) {
            throw TemplateException.evaluation("macro '" + name + "' takes not more than " + parameters.size()
                    + " argument(s); 'varargs' is not supported here");
        }
        if (!named.isEmpty()) {
            throw TemplateException.evaluation("macro '" + name + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'; 'kwargs' is not supported here");
        }
    }
}
