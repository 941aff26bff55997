package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.library.Access;
import dev.anneal.engine.text.template.library.Filters;
import dev.anneal.engine.text.template.library.Relation;
import dev.anneal.engine.text.template.library.Tests;
import dev.anneal.engine.text.template.value.Arithmetic;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.Slice;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something in a template that has a value. */
public sealed interface Expression {

    /** Its value; called by {@link Context#evaluate} only. */
    Value evaluate(Context context);

    /** A constant. */
    record Literal(Value value) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return value;
        }
    }

    /** A variable. */
    record Name(String name) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return context.variable(name);
        }
    }

    /** {@code object.name}. */
    record Attribute(Expression object, TextValue name) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return Access.attribute(context.evaluate(object), name, context.environment());
        }
    }

    /** {@code object[key]}. */
    record Element(Expression object, Expression key) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return Access.element(context.evaluate(object), context.evaluate(key), context.environment());
        }
    }

    /** {@code object[start:stop:step]}. */
    record Part(Expression object, Expression start, Expression stop, Expression step) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Slice slice = new Slice(bound(start, context), bound(stop, context), bound(step, context));
            return context.evaluate(object).slice(slice, context.budget());
        }

        private static @Nullable Long bound(Expression expression, Context context) {
            Value value = context.evaluate(expression);
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
    record Call(Expression function, ArgumentList arguments) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value called = context.evaluate(function);
            return called.call(arguments.evaluate(context));
        }
    }

    /** {@code input | name(arguments)}. */
    record Filter(Expression input, String name, ArgumentList arguments) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(input);
            return Filters.get(name).apply(value, arguments.evaluate(context), context.environment());
        }
    }

    /** {@code input is name(arguments)}. */
    record Test(Expression input, String name, ArgumentList arguments) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(input);
            return Tests.get(name).apply(value, arguments.evaluate(context), context.environment());
        }
    }

    /** {@code value if condition else otherwise}. */
    record Conditional(Expression condition, Expression value, Expression otherwise) implements Expression {

        /** What an expression without {@code else} gives if its condition is false. */
        public static final Expression NO_ELSE = new Literal(
                Undefined.because("the inline if-expression evaluated to false and no else section was defined."));

        @Override
        public Value evaluate(Context context) {
            return context.evaluate(context.evaluate(condition).isTrue() ? value : otherwise);
        }
    }

    /** {@code [a, b]} or {@code (a, b)}. */
    record Sequence(ListValue.Kind kind, List<Expression> items) implements Expression {

        @Override
        public Value evaluate(Context context) {
            context.budget().elements(items.size());
            return ListValue.of(kind, context.evaluate(items));
        }
    }

    /** {@code {key: value}}. */
    record Mapping(List<Expression> keys, List<Expression> values) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Map<Value, Value> entries = new LinkedHashMap<>();
            context.budget().elements(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                Value key = MapValue.checkedKey(context.evaluate(keys.get(i)), context.budget());
                entries.put(key, context.evaluate(values.get(i)));
            }
            return new MapValue(entries);
        }
    }

    /** What statements print, as a text: the body of a block that is set to a variable or filtered. */
    record Captured(Statement body) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return context.capture(new Scope(context.scope()), () -> context.execute(body));
        }
    }

    /** {@code left + right} and its like. */
    record Calculation(Arithmetic operator, Expression left, Expression right) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return operator.apply(context.evaluate(left), context.evaluate(right), context.budget());
        }
    }

    /** {@code a ~ b ~ c}: the texts of all operands, one after the other. */
    record Concatenation(List<Expression> operands) implements Expression {

        @Override
        public Value evaluate(Context context) {
            BoundedText out = new BoundedText(context.budget());
            for (Expression operand : operands) {
                out.append(context.evaluate(operand).text(context.budget()));
            }
            return new TextValue(out.toString());
        }
    }

    /**
     * {@code a < b <= c}: each operand is evaluated once, and none after a comparison that fails.
     *
     * @param operators one less than the operands
     */
    record Comparison(List<Relation> operators, List<Expression> operands) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value left = context.evaluate(operands.get(0));
            for (int i = 0; i < operators.size(); i++) {
                Value right = context.evaluate(operands.get(i + 1));
                if (!operators.get(i).holds(left, right, context.budget())) {
                    return NumberValue.FALSE;
                }
                left = right;
            }
            return NumberValue.TRUE;
        }
    }

    /** {@code left and right}: the first operand that is false, or the last one. */
    record And(Expression left, Expression right) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(left);
            return value.isTrue() ? context.evaluate(right) : value;
        }
    }

    /** {@code left or right}: the first operand that is true, or the last one. */
    record Or(Expression left, Expression right) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(left);
            return value.isTrue() ? value : context.evaluate(right);
        }
    }

    /** {@code not operand}. */
    record Not(Expression operand) implements Expression {

        @Override
        public Value evaluate(Context context) {
            return NumberValue.of(!context.evaluate(operand).isTrue());
        }
    }

    /** {@code -operand} or {@code +operand}. */
    record Sign(boolean isMinus, Expression operand) implements Expression {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(operand);
            if (!(value instanceof NumberValue)) {
                throw value.failure(
                        "bad operand type for unary " + (isMinus ? "-" : "+") + ": '" + value.typeName() + "'");
            }
            // Not 0 - x, which would lose the sign of a zero.
            return Arithmetic.MULTIPLY.apply(value, NumberValue.of(isMinus ? -1 : 1), context.budget());
        }
    }
}
