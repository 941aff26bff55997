package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.FunctionValue.Arguments;
import dev.anneal.engine.text.template.value.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A function written in the template; its value is its body's output.
 *
 * @param parameters parameters with their defaults, in order
 */
record Macro(String name, Map<String, Expression> parameters, Statement body) {

    /**
     * The macro as a function that sees the variables around its definition, with their values at the time of the call.
     */
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
        int position = 0;
        for (Map.Entry<String, Expression> parameter : parameters.entrySet()) {
            Value given = position < positional.size() ? positional.get(position) : named.remove(parameter.getKey());
            context.set(parameter.getKey(), given != null ? given : context.evaluate(parameter.getValue()));
            position++;
        }
        if (positional.size() > position) {
            throw TemplateException.evaluation("macro '" + name + "' takes not more than " + position
                    + " argument(s); 'varargs' is not supported here");
        }
        if (!named.isEmpty()) {
            throw TemplateException.evaluation("macro '" + name + "' takes no keyword argument '"
                    + named.keySet().iterator().next() + "'; 'kwargs' is not supported here");
        }
    }
}
