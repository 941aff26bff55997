package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * Python's arithmetic operators: integers stay integers except in a division, and floor division and remainder round
 * down.
 */
public enum Arithmetic {
    /** Sum, or concatenation. */
    ADD("+"),
    /** Difference. */
    SUBTRACT("-"),
    /** Product, or repetition. */
    MULTIPLY("*"),
    /** Quotient, always a float. */
    DIVIDE("/"),
    /** Quotient rounded down. */
    FLOOR_DIVIDE("//"),
    /** Remainder with the sign of the divisor. */
    REMAINDER("%");

    /** More digits than a double holds, so that rounding the quotient to them changes no result. */
    private static final MathContext QUOTIENT = new MathContext(400);

    private final String symbol;

    Arithmetic(String symbol) {
        this.symbol = symbol;
    }

    /** The result. */
    public Value apply(Value left, Value right, Budget budget) {
        if (left instanceof NumberValue first && right instanceof NumberValue second) {
            if (compareTo(DIVIDE) >= 0 && !second.isTrue()) {
                throw TemplateException.evaluation("division by zero");
            }
            return first.asWhole() != null && second.asWhole() != null
                    ? whole(first.asWhole(), second.asWhole())
                    : NumberValue.of(real(first.asDouble(), second.asDouble()));
        }
        if (this == ADD) {
            return left.plus(right, budget);
        }
        if (this == MULTIPLY && right instanceof NumberValue count) {
            return left.times(count, budget);
        }
        if (this == MULTIPLY && left instanceof NumberValue count) {
            return right.times(count, budget);
        }
        if (this == REMAINDER && left instanceof TextValue) {
            throw TemplateException.unsupported("the operator '%' of texts", "join texts by '~'");
        }
        throw left.unsupported(symbol, right);
    }

    private NumberValue whole(BigInteger left, BigInteger right) {
        return switch (this) {
            case ADD -> NumberValue.of(left.add(right));
            case SUBTRACT -> NumberValue.of(left.subtract(right));
            case MULTIPLY -> NumberValue.of(left.multiply(right));
            case DIVIDE ->
                NumberValue.of(new BigDecimal(left)
                        .divide(new BigDecimal(right), QUOTIENT)
                        .doubleValue());
            case FLOOR_DIVIDE ->
                NumberValue.of(left.subtract(remainder(left, right)).divide(right));
            case REMAINDER -> NumberValue.of(remainder(left, right));
        };
    }

    private static BigInteger remainder(BigInteger left, BigInteger right) {
        BigInteger remainder = left.remainder(right);
        return remainder.signum() != 0 && remainder.signum() != right.signum() ? remainder.add(right) : remainder;
    }

    private double real(double left, double right) {
        return switch (this) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case FLOOR_DIVIDE -> floor(left, right);
            case REMAINDER -> remainder(left, right);
        };
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
