package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.library.Relation;
import dev.anneal.engine.text.template.value.Arithmetic;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;

/** An operator and its operands. */
public sealed interface Operation extends Expression {

    /** {@code left + right} and its like. */
    record Calculation(Arithmetic operator, Expression left, Expression right) implements Operation {

        @Override
        public Value evaluate(Context context) {
            return operator.apply(context.evaluate(left), context.evaluate(right), context.budget());
        }
    }

    /** {@code a ~ b ~ c}: the texts of all operands, one after the other. */
    record Concatenation(List<Expression> operands) implements Operation {

        @Override
        public Value evaluate(Context context) {
            BoundedText out = new BoundedText(context.budget());
            for (Expression operand : operands) {
                out.append(context.evaluate(operand).text(context.budget()));
            }
            return new TextValue(out.toString());
        }
    }

    /** {@code a < b <= c}: each operand is evaluated once, and none after a comparison that fails. */
    record Comparison(Expression first, List<Link> links) implements Operation {

        /** An operator with the operand on its right. */
        public record Link(Relation operator, Expression right) {}

        @Override
        public Value evaluate(Context context) {
            Value left = context.evaluate(first);
            for (Link link : links) {
                Value right = context.evaluate(link.right);
                if (!link.operator.holds(left, right, context.budget())) {
                    return NumberValue.Bool.FALSE;
                }
                left = right;
            }
            return NumberValue.Bool.TRUE;
        }
    }

    /** {@code left and right}: the first operand that is false, or the last one. */
    record And(Expression left, Expression right) implements Operation {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(left);
            return value.isTrue() ? context.evaluate(right) : value;
        }
    }

    /** {@code left or right}: the first operand that is true, or the last one. */
    record Or(Expression left, Expression right) implements Operation {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(left);
            return value.isTrue() ? value : context.evaluate(right);
        }
    }

    /** {@code not operand}. */
    record Not(Expression operand) implements Operation {

        @Override
        public Value evaluate(Context context) {
            return NumberValue.of(!context.evaluate(operand).isTrue());
        }
    }

    /** {@code -operand} or {@code +operand}. */
    record Sign(boolean isMinus, Expression operand) implements Operation {

        @Override
        public Value evaluate(Context context) {
            Value value = context.evaluate(operand);
            if (value instanceof NumberValue number) {
                // Not 0 - x, which would lose the sign of a zero.
                NumberValue factor = NumberValue.of(isMinus ? -1 : 1);
                return Arithmetic.MULTIPLY.apply(number, factor, context.budget());
            }
            throw value instanceof Undefined missing
                    ? missing.failure()
                    : TemplateException.evaluation(
                            "bad operand type for unary " + (isMinus ? "-" : "+") + ": '" + value.typeName() + "'");
        }
    }
}
