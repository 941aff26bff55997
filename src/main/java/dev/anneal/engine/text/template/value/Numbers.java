package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;

/** Python's numbers: an integer is a {@code Long}, or a {@code BigInteger} if no long holds it; a float is a double. */
public final class Numbers {

    private Numbers() {}

    /** The value, or the integer as which a boolean counts. */
    public static Object of(Object value) {
        return value instanceof Boolean bool ? (bool ? 1L : 0L) : value;
    }

    /** The value as a number, or the failure of something that takes one. */
    static Number require(Object value, String demand) {
        return Python.require(Number.class, of(value), demand);
    }

    /** An integer, which must stay within {@link Budget#MAX_INTEGER_BITS}. */
    public static Number integer(BigInteger value) {
        Budget.limit(value.bitLength(), Budget.MAX_INTEGER_BITS, "an integer of more than %d bits");
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    /** The exact value of a finite number. */
    static BigDecimal exact(Number number) {
        if (number instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        return number instanceof Double real ? new BigDecimal(real) : BigDecimal.valueOf(number.longValue());
    }

    /** The integer as a long, or the nearest one that can be negated. */
    static long asLong(Number number) {
        TemplateException.check(!(number instanceof Double), "'float' object cannot be interpreted as an integer");
        long nearest = number instanceof BigInteger big ? big.signum() * Long.MAX_VALUE : number.longValue();
        return Math.max(-Long.MAX_VALUE, nearest);
    }

    /** Negative, zero or positive as the first is less than, equal to or greater than the second; neither is NaN. */
    static int compare(Number left, Number right) {
        double first = left.doubleValue();
        double second = right.doubleValue();
        boolean areFinite = Double.isFinite(first) && Double.isFinite(second);
        return areFinite ? exact(left).compareTo(exact(right)) : Double.compare(first, second);
    }

    /** Whether one of them is NaN, which is not even equal to itself. */
    static boolean hasNaN(Number left, Number right) {
        return Double.isNaN(left.doubleValue()) || Double.isNaN(right.doubleValue());
    }
}
