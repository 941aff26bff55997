package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Python.areAlike;
import static dev.anneal.engine.text.template.value.Python.compare;
import static dev.anneal.engine.text.template.value.Python.contains;
import static dev.anneal.engine.text.template.value.Python.equal;
import static dev.anneal.engine.text.template.value.Python.failure;
import static dev.anneal.engine.text.template.value.Python.isTrue;
import static dev.anneal.engine.text.template.value.Python.typeName;
import static dev.anneal.engine.text.template.value.Python.unsupported;
import static java.util.Map.entry;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.DoubleBinaryOperator;

/**
 * Python's binary operators. Integers stay integers except in a division, and floor division and remainder round down.
 */
public final class Operators {

    /** What an operator makes of two values. */
    public interface Operator {

        /** The result. */
        Object apply(Object left, Object right, Budget budget);
    }

    private static final Map<String, Operator> TABLE = Map.ofEntries(
            entry("==", Python::equal),
            entry("!=", (left, right, budget) -> !equal(left, right, budget)),
            entry("<", (left, right, budget) -> compare(left, right, budget) < 0),
            entry("<=", (left, right, budget) -> compare(left, right, budget) <= 0),
            entry(">", (left, right, budget) -> compare(left, right, budget) > 0),
            entry(">=", (left, right, budget) -> compare(left, right, budget) >= 0),
            entry("in", (left, right, budget) -> contains(right, left, budget)),
            entry("not in", (left, right, budget) -> !contains(right, left, budget)),
            arithmetic("+", BigInteger::add, Double::sum),
            arithmetic("-", BigInteger::subtract, (left, right) -> left - right),
            arithmetic("*", BigInteger::multiply, (left, right) -> left * right),
            arithmetic("/", Operators::quotient, (left, right) -> left / right),
            arithmetic("//", (a, b) -> a.subtract(remainder(a, b)).divide(b), Operators::floor),
            arithmetic("%", Operators::remainder, Operators::remainder));

    private Operators() {}

    /** The operator of this symbol. */
    public static Operator get(String symbol) {
        return Objects.requireNonNull(TABLE.get(symbol));
    }

    /** An operator on numbers; sums, products and remainders are also those of texts and lists. */
    private static Map.Entry<String, Operator> arithmetic(
            String symbol, BiFunction<BigInteger, BigInteger, Number> whole, DoubleBinaryOperator real) {
        return entry(symbol, (left, right, budget) -> {
            if (!(Numbers.of(left) instanceof Number first && Numbers.of(right) instanceof Number second)) {
                return combined(symbol, left, right, budget);
            }
            boolean isDivision = "/ // %".contains(symbol);
            TemplateException.check(!isDivision || second.doubleValue() != 0, "division by zero");
            if (first instanceof Double || second instanceof Double) {
                return real.applyAsDouble(first.doubleValue(), second.doubleValue());
            }
            Number result = whole.apply(
                    Numbers.exact(first).toBigInteger(), Numbers.exact(second).toBigInteger());
            return result instanceof BigInteger integer ? Numbers.integer(integer) : result;
        });
    }

    /** The operators on anything but two numbers. */
    private static Object combined(String symbol, Object left, Object right, Budget budget) {
        if (symbol.equals("+") && left instanceof String text) {
            if (!(right instanceof String more)) {
                throw failure(right, "can only concatenate str (not \"" + typeName(right) + "\") to str");
            }
            budget.text((long) text.length() + more.length());
            return text.concat(more);
        }
        if (symbol.equals("+") && areAlike(left, right)) {
            List<Object> joined = new ArrayList<>((List<?>) left);
            joined.addAll((List<?>) right);
            budget.elements(joined.size());
            return Sequence.of(typeName(left), joined);
        }
        if (symbol.equals("*") && (Numbers.of(left) instanceof Number || Numbers.of(right) instanceof Number)) {
            boolean isFirst = Numbers.of(left) instanceof Number;
            return repeated(isFirst ? right : left, isFirst ? left : right, budget);
        }
        if (symbol.equals("%") && left instanceof String) {
            throw TemplateException.unsupported("the operator '%' of texts", "join texts by '~'");
        }
        throw unsupported(symbol, left, right);
    }

    private static Object repeated(Object value, Object count, Budget budget) {
        if (!(value instanceof String || areAlike(value, value))) {
            throw unsupported("*", value, count);
        }
        long wanted = Numbers.asLong(Numbers.require(count, "*"));
        long times = isTrue(value) ? Math.max(0, Math.min(Integer.MAX_VALUE, wanted)) : 0;
        if (value instanceof String text) {
            budget.text(times * text.length());
            return text.repeat((int) times);
        }
        List<Object> items = new ArrayList<>(budget.elements(times * Python.lengthIfKnown(value)));
        Collections.nCopies((int) times, (List<?>) value).forEach(items::addAll);
        return Sequence.of(typeName(value), items);
    }

    private static double quotient(BigInteger left, BigInteger right) {
        // More digits than a double holds, so that rounding the quotient to them changes no result.
        BigDecimal quotient = new BigDecimal(left).divide(new BigDecimal(right), new MathContext(400));
        return quotient.doubleValue();
    }

    private static BigInteger remainder(BigInteger left, BigInteger right) {
        BigInteger remainder = left.remainder(right);
        return remainder.signum() != 0 && remainder.signum() != right.signum() ? remainder.add(right) : remainder;
    }

    private static double remainder(double left, double right) {
        double remainder = left % right;
        if (remainder == 0) {
            return Math.copySign(0.0, right);
        }
        return remainder < 0 != right < 0 ? remainder + right : remainder;
    }

    /** In CPython's order of operations, for the same rounding. */
    private static double floor(double left, double right) {
        double remainder = left % right;
        double quotient = (left - remainder) / right;
        if (remainder != 0 && remainder < 0 != right < 0) {
            quotient -= 1;
        }
        return quotient == 0 ? Math.copySign(0.0, left / right) : Math.rint(quotient);
    }
}
