package dev.anneal.engine.text.template;

import static dev.anneal.engine.text.template.TemplateException.check;

import dev.anneal.engine.text.template.value.Callable;
import dev.anneal.engine.text.template.value.Callable.Arguments;
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
    Callable function(Context context) {
        VariableScope outer = context.scope();
        return arguments -> context.capture(outer, () -> {
            bind(arguments, context);
            return context.execute(body);
        });
    }

    private void bind(Arguments arguments, Context context) {
        Map<String, Object> named = new HashMap<>(arguments.named());
        List<Object> positional = arguments.positional();
        int position = 0;
        for (Map.Entry<String, Expression> parameter : parameters.entrySet()) {
            Object given = position < positional.size() ? positional.get(position) : named.remove(parameter.getKey());
            context.set(parameter.getKey(), given != null ? given : context.evaluate(parameter.getValue()));
            position++;
        }
        String tooMany = "macro '%s' takes not more than %d argument(s); 'varargs' is not supported here";
        check(positional.size() <= position, tooMany, name, position);
        String unknown = "macro '%s' takes no keyword argument '%s'; 'kwargs' is not supported here";
        check(named.isEmpty(), unknown, name, String.join("', '", named.keySet()));
    }
}
