package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A name, attribute or element that does not exist. It prints as nothing, is empty and false; anything else fails with the reason kept here. */
public final class Undefined implements Value {

    private final String reason;

    private Undefined(String reason) {
        this.reason = reason;
    }

    /** A value that is missing for this reason. */
    public static Undefined because(String reason) {
        return new Undefined(reason);
    }

    /** A variable that nobody has set. */
    public static Undefined variable(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    /** An attribute that an object lacks. */
    public static Undefined attribute(Value object, String name) {
        String owner = object == NoneValue.NONE ? "None" : object.typeName() + " object";
        return new Undefined("'" + owner + "' has no attribute '" + name + "'");
    }

    /** An element that a container lacks. */
    public static Undefined element(Value container, Value key, Budget budget) {
        return key instanceof TextValue text
                ? attribute(container, text.string())
                : new Undefined(container.typeName() + " object has no element " + PythonPrinter.repr(key, budget));
    }

    /** The error of using it. */
    public TemplateException failure() {
        return TemplateException.evaluation(reason);
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public void accept(ValueVisitor visitor) {
        visitor.undefined();
    }

    @Override
    public boolean isTrue() {
        return false;
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
    public boolean isIterable() {
        return true;
    }

    @Override
    public int lengthIfKnown() {
        return 0;
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        return false;
    }

    @Override
    public Value item(Value key) {
        throw failure();
    }

    @Override
    public Value attribute(String name) {
        throw failure();
    }

    @Override
    public Value slice(Slice slice, Budget budget) {
        throw failure();
    }

    @Override
    public int compare(Value other) {
        throw failure();
    }

    @Override
    public Value call(Arguments arguments) {
        throw failure();
    }

    @Override
    public TemplateException unsupported(String operator, Value other) {
        return failure();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return Undefined.class.getName().hashCode();
    }
}
