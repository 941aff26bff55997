package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.FunctionValue.Arguments;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A value of a template. {@code equals} and {@code hashCode} follow Python's {@code ==}. By default each operation
 * fails like for a Python object without it.
 */
public sealed interface Value
        permits NoneValue,
                NumberValue,
                TextValue,
                ListValue,
                MapValue,
                StreamValue,
                NamespaceValue,
                FunctionValue,
                LoopValue,
                Undefined {

    /** Python's name of the type. */
    String typeName();

    /** Python's {@code bool(value)}. */
    default boolean isTrue() {
        return lengthIfKnown() != 0;
    }

    /** Python's {@code str(value)}. */
    default String text(Budget budget) {
        return PythonPrinter.repr(this, budget);
    }

    /** Nesting of containers, including this one. */
    default int nesting() {
        return 0;
    }

    /** Upper bound of the steps to compare, hash or copy it. */
    default long weight() {
        return 1;
    }

    /** Whether it can be a key. */
    default boolean isHashable() {
        return true;
    }

    /** Python's {@code iter(value)}. */
    default Iterator<Value> iterator() {
        throw failure("'" + typeName() + "' object is not iterable");
    }

    /** Whether {@link #iterator} works. */
    default boolean isIterable() {
        return this instanceof TextValue
                || this instanceof ListValue
                || this instanceof MapValue
                || this instanceof StreamValue
                || this instanceof Undefined;
    }

    /** Python's {@code len(value)}, or -1 if it has no length. */
    default int lengthIfKnown() {
        return -1;
    }

    /** Python's {@code len(value)}. */
    default int length() {
        int length = lengthIfKnown();
        if (length < 0) {
            throw failure("object of type '" + typeName() + "' has no len()");
        }
        return length;
    }

    /** Python's {@code element in value}. */
    default boolean contains(Value element, Budget budget) {
        for (Iterator<Value> elements = iterator(); elements.hasNext(); ) {
            Value next = elements.next();
            budget.charge(Math.min(next.weight(), element.weight()));
            if (next.equals(element)) {
                return true;
            }
        }
        return false;
    }

    /** Python's {@code value[key]}, or null if there is no such element. */
    default @Nullable Value item(Value key) {
        return null;
    }

    /** An attribute of the value itself, or null; methods are found elsewhere. */
    default @Nullable Value attribute(String name) {
        return null;
    }

    /** Python's {@code value[start:stop:step]}. */
    default Value slice(Slice slice, Budget budget) {
        throw failure("'" + typeName() + "' object is not subscriptable");
    }

    /** Python's {@code value + other} for anything but numbers. */
    default Value plus(Value other, Budget budget) {
        throw unsupported("+", other);
    }

    /** Python's {@code value * count} for anything but numbers. */
    default Value times(NumberValue count, Budget budget) {
        throw unsupported("*", count);
    }

    /** Negative, zero or positive as it sorts before, equal to or after the other one. */
    default int compare(Value other) {
        throw unsupported("<", other);
    }

    /** Python's {@code value(...)}. */
    default Value call(Arguments arguments) {
        throw failure("'" + typeName() + "' object is not callable");
    }

    /** The error of an unsupported operation of this value. */
    default TemplateException failure(String reason) {
        return TemplateException.evaluation(reason);
    }

    /** The error of an unsupported operator of these types. */
    default TemplateException unsupported(String operator, Value other) {
        Value culprit = other instanceof Undefined && !(this instanceof Undefined) ? other : this;
        return culprit.failure("unsupported operand type(s) for " + operator + ": '" + typeName() + "' and '"
                + other.typeName() + "'");
    }
}
