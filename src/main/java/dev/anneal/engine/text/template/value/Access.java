package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.NoneType.NONE;

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
    public static Object attribute(Object object, String name, Budget budget) {
        Object found = attributeOrMethod(object, name, budget);
        if (found == null) {
            found = Python.item(object, name, budget);
        }
        return found != null ? found : missing(object, name, budget);
    }

    /** {@code object[key]}. */
    public static Object element(Object object, Object key, Budget budget) {
        budget.scan(Python.units(key));
        Object found = Python.item(object, key, budget);
        if (found == null && key instanceof String name) {
            found = attributeOrMethod(object, name, budget);
        }
        return found != null ? found : missing(object, key, budget);
    }

    /** The value at a path like {@code function.parameters.0}, as in the {@code attribute} of filters. */
    static Object path(Object object, Object path, Budget budget) {
        Object found = object;
        for (Object key : path instanceof String text ? PythonText.split(text, ".", -1, budget) : List.of(path)) {
            boolean isPosition = key instanceof String part && part.matches("[0-9]{1,9}");
            found = element(found, isPosition ? Long.valueOf(key.toString()) : key, budget);
        }
        return found;
    }

    private static @Nullable Object attributeOrMethod(Object object, String name, Budget budget) {
        if (object instanceof Namespace namespace && namespace.attributes().containsKey(name)) {
            return namespace.attributes().get(name);
        }
        Object ofLoop = object instanceof LoopContext loop ? loop.attribute(name) : null;
        if (ofLoop != null) {
            return ofLoop;
        }
        Builtin method = Methods.find(object, name);
        return method == null ? null : method.bind(object, budget);
    }

    /** The undefined value of an element or attribute that the object lacks. */
    private static Object missing(Object object, Object key, Budget budget) {
        if (object instanceof Undefined undefined) {
            throw TemplateException.evaluation(undefined.reason());
        }
        if (!(key instanceof String name)) {
            return new Undefined(Python.typeName(object) + " object has no element " + PythonPrinter.repr(key, budget));
        }
        String unsafe = "access to attribute '%s' of '%s' object is unsafe";
        TemplateException.check(!name.startsWith("__"), unsafe, name, Python.typeName(object));
        String owner = object == NONE ? "None" : Python.typeName(object) + " object";
        return new Undefined("'" + owner + "' has no attribute '" + name + "'");
    }
}
