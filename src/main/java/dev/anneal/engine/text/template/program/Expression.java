package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.library.Access;
import dev.anneal.engine.text.template.library.Filters;
import dev.anneal.engine.text.template.library.Tests;
import dev.anneal.engine.text.template.value.FunctionValue;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.Slice;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something in a template that has a value. Operators are in {@link Operation}. */
public sealed interface Expression permits Operation, Expression.Node {

    /** Its value; called by {@link Context#evaluate} only. */
    Value evaluate(Context context);

    /** Expressions other than operators. */
    sealed interface Node extends Expression {}

    /** A constant. */
    record Literal(Value value) implements Node {

        @Override
        public Value evaluate(Context context) {
            return value;
        }
    }

    /** A variable. */
    record Name(String name) implements Node {

        @Override
        public Value evaluate(Context context) {
            return context.variable(name);
        }
    }

    /** {@code object.name}. */
    record Attribute(Expression object, TextValue name) implements Node {

        @Override
        public Value evaluate(Context context) {
            return Access.attribute(context.evaluate(object), name, context.environment());
        }
    }

    /** {@code object[key]}. */
    record Element(Expression object, Expression key) implements Node {

        @Override
        public Value evaluate(Context context) {
            return Access.element(context.evaluate(object), context.evaluate(key), context.environment());
        }
    }

    /** {@code object[start:stop:step]}. */
    record Part(
            Expression object,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step) implements Node {

        @Override
        public Value evaluate(Context context) {
            Slice slice = new Slice(bound(start, context), bound(stop, context), bound(step, context));
            return context.evaluate(object).slice(slice, context.budget());
        }

        private static @Nullable Long bound(@Nullable Expression expression, Context context) {
            Value value = expression == null ? NoneValue.NONE : context.evaluate(expression);
            if (value instanceof NumberValue number) {
                return number.asLong();
            }
            if (value == NoneValue.NONE) {
                return null;
            }
            throw TemplateException.evaluation("slice indices must be integers or None, not " + value.typeName());
        }
    }

    /** {@code function(arguments)}. */
    record Call(Expression function, ArgumentList arguments) implements Node {

        @Override
        public Value evaluate(Context context) {
            Value called = context.evaluate(function);
            return called.call(arguments.evaluate(context));
        }
    }

    /** {@code input | name(arguments)}. */
    record Filter(Expression input, String name, ArgumentList arguments) implements Node {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(input);
            return Filters.get(name).apply(value, arguments.evaluate(context), context.environment());
        }
    }

    /** {@code input is name(arguments)}. */
    record Test(Expression input, String name, ArgumentList arguments) implements Node {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(input);
            return Tests.get(name).apply(value, arguments.evaluate(context), context.environment());
        }
    }

    /** {@code value if condition else otherwise}. */
    record Conditional(
            Expression condition,
            Expression value,
            @Nullable Expression otherwise) implements Node {

        @Override
        public Value evaluate(Context context) {
            if (context.evaluate(condition).isTrue()) {
                return context.evaluate(value);
            }
            return otherwise == null
                    ? Undefined.because("the inline if-expression evaluated to false and no else section was defined.")
                    : context.evaluate(otherwise);
        }
    }

    /** {@code [a, b]} or {@code (a, b)}. */
    record Sequence(boolean isTuple, List<Expression> items) implements Node {

        @Override
        public Value evaluate(Context context) {
            List<Value> values = new ArrayList<>(context.budget().elements(items.size()));
            for (Expression item : items) {
                values.add(context.evaluate(item));
            }
            return isTuple ? ListValue.tuple(values) : ListValue.list(values);
        }
    }

    /** {@code {key: value}}. */
    record Mapping(List<Entry> entries) implements Node {

        /** One entry. */
        public record Entry(Expression key, Expression value) {}

        @Override
        public Value evaluate(Context context) {
            Map<Value, Value> values = new LinkedHashMap<>();
            context.budget().elements(entries.size());
            for (Entry entry : entries) {
                Value key = MapValue.checkedKey(context.evaluate(entry.key), context.budget());
                values.put(key, context.evaluate(entry.value));
            }
            return new MapValue(values);
        }
    }

    /** What statements print, as a text: the body of a block that is set to a variable or filtered. */
    record Captured(Statement body) implements Node {

        @Override
        public Value evaluate(Context context) {
            return context.capture(new Scope(context.scope()), () -> context.execute(body));
        }
    }

    /** A macro, or the body of a call block as the macro {@code caller}. */
    record Function(Macro macro) implements Node {

        @Override
        public Value evaluate(Context context) {
            return new FunctionValue(macro.name(), macro.closure(context));
        }
    }
}
