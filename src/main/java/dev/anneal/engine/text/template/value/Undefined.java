package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A name, attribute or element that does not exist. It prints as nothing, is empty and false; any other use fails with
 * its reason.
 */
public final class Undefined implements Value {

    private final String reason;

    private Undefined(String reason) {
        this.reason = reason;
    }

    /** An undefined value with its reason. */
    public static Undefined because(String reason) {
        return new Undefined(reason);
    }

    /** An element or attribute that an object lacks. */
    public static Undefined element(Value object, Value key, Budget budget) {
        if (!(key instanceof TextValue name)) {
            return new Undefined(object.typeName() + " object has no element " + PythonPrinter.repr(key, budget));
        }
        String owner = object == NoneValue.NONE ? "None" : object.typeName() + " object";
        return new Undefined("'" + owner + "' has no attribute '" + name.string() + "'");
    }

    @Override
    public TemplateException failure(String operation) {
        return TemplateException.evaluation(reason);
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public String text(Budget budget) {
        return "";
    }

    @Override
    public Iterator<Value> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public int lengthIfKnown() {
        return 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
