package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Access to attributes and elements: {@code value.name} looks for attributes first, {@code value[key]} for elements
 * first. Never accesses the host.
 */
public final class Access {

    private Access() {}

    /** {@code object.name}. */
    public static Value attribute(Value object, TextValue name, Budget budget) {
        requireDefined(object);
        Value found = attributeOrMethod(object, name.string(), budget);
        if (found == null) {
            found = object.item(name);
        }
        return found != null ? found : missing(object, name, budget);
    }

    /** {@code object[key]}. */
    public static Value element(Value object, Value key, Budget budget) {
        requireDefined(object);
        budget.charge(key.weight());
        Value found = object.item(key);
        if (found == null && key instanceof TextValue name) {
            found = attributeOrMethod(object, name.string(), budget);
        }
        return found != null ? found : missing(object, key, budget);
    }

    private static void requireDefined(Value object) {
        if (object instanceof Undefined) {
            throw object.failure("an undefined value has neither attributes nor elements");
        }
    }

    /** The value at a path like {@code function.parameters.0}, as in the {@code attribute} of filters. */
    static Value path(Value object, Value path, Budget budget) {
        Value found = object;
        for (Value key : path instanceof TextValue text ? Texts.split(text.string(), ".", -1, budget) : List.of(path)) {
            boolean isPosition = key instanceof TextValue part && part.string().matches("[0-9]{1,9}");
            found = element(found, isPosition ? NumberValue.of(Long.parseLong(key.text(budget))) : key, budget);
        }
        return found;
    }

    private static @Nullable Value attributeOrMethod(Value object, String name, Budget budget) {
        Value found = object.attribute(name);
        if (found != null) {
            return found;
        }
        Builtin method = Methods.find(object, name);
        return method == null ? null : method.bind(object, budget);
    }

    private static Value missing(Value object, Value key, Budget budget) {
        if (key instanceof TextValue name && name.string().startsWith("__")) {
            throw TemplateException.evaluation(
                    "access to attribute '" + name.string() + "' of '" + object.typeName() + "' object is unsafe");
        }
        return Undefined.element(object, key, budget);
    }
}
