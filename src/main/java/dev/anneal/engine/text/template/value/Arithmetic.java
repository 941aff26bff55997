package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic operators: whole numbers stay whole except in a division, and division and remainder round down. */
public enum Arithmetic {
    /** Sum, or concatenation. */
    ADD("+") {
        @Override
        Value whole(BigInteger left, BigInteger right) {
            return NumberValue.of(left.add(right));
        }

        @Override
        double real(double left, double right) {
            return left + right;
        }

        @Override
        Value other(Value left, Value right, Budget budget) {
            return left.plus(right, budget);
        }
    },
    /** Difference. */
    SUBTRACT("-") {
        @Override
        Value whole(BigInteger left, BigInteger right) {
            return NumberValue.of(left.subtract(right));
        }

        @Override
        double real(double left, double right) {
            return left - right;
        }
    },
    /** Product, or repetition. */
    MULTIPLY("*") {
        @Override
        Value whole(BigInteger left, BigInteger right) {
            return NumberValue.of(left.multiply(right));
        }

        @Override
        double real(double left, double right) {
            return left * right;
        }

        @Override
        Value other(Value left, Value right, Budget budget) {
            if (right instanceof NumberValue count) {
                return left.times(count, budget);
            }
            return left instanceof NumberValue count ? right.times(count, budget) : super.other(left, right, budget);
        }
    },
    /** Quotient, always a float. */
    DIVIDE("/") {
        @Override
        Value whole(BigInteger left, BigInteger right) {
            requireDivisor(right.signum());
            return NumberValue.of(
                    new BigDecimal(left).divide(new BigDecimal(right), QUOTIENT).doubleValue());
        }

        @Override
        double real(double left, double right) {
            requireDivisor(right);
            return left / right;
        }
    },
    /** Quotient rounded down. */
    FLOOR_DIVIDE("//") {
        @Override
        Value whole(BigInteger left, BigInteger right) {
            requireDivisor(right.signum());
            return NumberValue.of(left.subtract(floorModulo(left, right)).divide(right));
        }

        @Override
        double real(double left, double right) {
            requireDivisor(right);
            return Math.rint((left - floorModulo(left, right)) / right);
        }
    },
    /** Remainder with the sign of the divisor, or a formatted text. */
    REMAINDER("%") {
        @Override
        Value whole(BigInteger left, BigInteger right) {
            requireDivisor(right.signum());
            return NumberValue.of(floorModulo(left, right));
        }

        @Override
        double real(double left, double right) {
            requireDivisor(right);
            return floorModulo(left, right);
        }

        @Override
        Value other(Value left, Value right, Budget budget) {
            return left instanceof TextValue format
                    ? new TextValue(PercentFormat.format(format.string(), right, budget))
                    : super.other(left, right, budget);
        }
    },
    /** Power. */
    POWER("**") {
        @Override
        Value whole(BigInteger base, BigInteger exponent) {
            if (exponent.signum() < 0) {
                requireDivisor(base.signum());
                return NumberValue.of(real(base.doubleValue(), exponent.doubleValue()));
            }
            int bits = base.abs().bitLength();
            if (bits <= 1) {
                return NumberValue.of(
                        exponent.testBit(0) ? base : base.pow(exponent.signum()).abs());
            }
            if (exponent.bitLength() > 31 || exponent.longValue() * (bits - 1) > Budget.MAX_INTEGER_BITS) {
                throw NumberValue.tooLarge();
            }
            return NumberValue.of(base.pow(exponent.intValue()));
        }

        @Override
        double real(double base, double exponent) {
            if (base < 0 && exponent != Math.rint(exponent)) {
                throw TemplateException.evaluation("a root of a negative number");
            }
            return Math.pow(base, exponent);
        }
    };

    /** More digits than a double holds, so that the quotient is rounded once only in effect. */
    private static final MathContext QUOTIENT = new MathContext(400);

    private final String symbol;

    Arithmetic(String symbol) {
        this.symbol = symbol;
    }

    /** The operator of this symbol, or null. */
    public static @Nullable Arithmetic of(String symbol) {
        for (Arithmetic operator : values()) {
            if (operator.symbol.equals(symbol)) {
                return operator;
            }
        }
        return null;
    }

    /** The result. */
    public Value apply(Value left, Value right, Budget budget) {
        if (!(left instanceof NumberValue first) || !(right instanceof NumberValue second)) {
            return other(left, right, budget);
        }
        BigInteger dividend = first.asWhole();
        BigInteger divisor = second.asWhole();
        return dividend != null && divisor != null
                ? whole(dividend, divisor)
                : NumberValue.of(real(first.asDouble(), second.asDouble()));
    }

    abstract Value whole(BigInteger left, BigInteger right);

    abstract double real(double left, double right);

    Value other(Value left, Value right, Budget budget) {
        throw right instanceof Undefined missing ? missing.failure() : left.unsupported(symbol, right);
    }

    static BigInteger floorModulo(BigInteger left, BigInteger right) {
        BigInteger remainder = left.remainder(right);
        return remainder.signum() != 0 && remainder.signum() != right.signum() ? remainder.add(right) : remainder;
    }

    static double floorModulo(double left, double right) {
        double remainder = left % right;
        return remainder != 0 && remainder < 0 != right < 0 ? remainder + right : remainder;
    }

    static void requireDivisor(double divisor) {
        if (divisor == 0) {
            throw TemplateException.evaluation("division by zero");
        }
    }
}
