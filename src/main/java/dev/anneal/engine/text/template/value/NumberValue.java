package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonFloat;
import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code int}, {@code bool} (which is an integer too) and {@code float}. Equal numbers are equal whatever
 * their type.
 */
public final class NumberValue implements Value {

    /** {@code True}. */
    public static final NumberValue TRUE = new NumberValue("bool", BigInteger.ONE, 0);

    /** {@code False}. */
    public static final NumberValue FALSE = new NumberValue("bool", BigInteger.ZERO, 0);

    private final String typeName;
    private final @Nullable BigInteger whole;
    private final double real;

    private NumberValue(String typeName, @Nullable BigInteger whole, double real) {
        this.typeName = typeName;
        this.whole = whole;
        this.real = real;
    }

    /** An integer. */
    public static NumberValue of(long value) {
        return of(BigInteger.valueOf(value));
    }

    /** An integer, which must stay within {@link Budget#MAX_INTEGER_BITS}. */
    public static NumberValue of(BigInteger value) {
        if (value.bitLength() > Budget.MAX_INTEGER_BITS) {
            throw TemplateException.budget("an integer of more than " + Budget.MAX_INTEGER_BITS + " bits");
        }
        return new NumberValue("int", value, 0);
    }

    /** A float. */
    public static NumberValue of(double value) {
        return new NumberValue("float", null, value);
    }

    /** A truth value. */
    public static NumberValue of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /** Position of a subscript in a sequence of this length, counted from the end if negative; -1 if out of range. */
    static int position(Value subscript, int length) {
        BigInteger whole = subscript instanceof NumberValue number ? number.whole : null;
        if (whole == null || whole.bitLength() > 31) {
            return -1;
        }
        long position = whole.longValue() < 0 ? whole.longValue() + length : whole.longValue();
        return position < length ? (int) Math.max(-1, position) : -1;
    }

    /** The number as a double, the nearest one if it is a large integer. */
    public double asDouble() {
        return whole == null ? real : whole.doubleValue();
    }

    /** The number as an integer, or null if it is a float. */
    public @Nullable BigInteger asWhole() {
        return whole;
    }

    /** The exact value, which must be finite. */
    public BigDecimal exact() {
        return whole != null ? new BigDecimal(whole) : new BigDecimal(real);
    }

    /** The integer as a long, or the nearest long. */
    public long asLong() {
        if (whole == null) {
            throw failure("'float' object cannot be interpreted as an integer");
        }
        return whole.min(BigInteger.valueOf(Long.MAX_VALUE))
                .max(BigInteger.valueOf(Long.MIN_VALUE))
                .longValue();
    }

    /** Number of repetitions of a text or list by {@code *}. */
    int repetitions() {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, asLong()));
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public boolean isTrue() {
        return whole == null ? real != 0 : whole.signum() != 0;
    }

    @Override
    public String text(Budget budget) {
        if (whole == null) {
            return PythonFloat.print(real, "inf", "nan");
        }
        return typeName.equals("bool") ? (isTrue() ? "True" : "False") : whole.toString();
    }

    @Override
    public int compare(Value other) {
        if (!(other instanceof NumberValue number)) {
            return Value.super.compare(other);
        }
        if (whole != null && number.whole != null) {
            return whole.compareTo(number.whole);
        }
        double left = asDouble();
        double right = number.asDouble();
        if (Double.isNaN(left) || Double.isNaN(right)) {
            throw failure("nan has no order");
        }
        boolean isFinite = Double.isFinite(left) && Double.isFinite(right);
        return isFinite ? exact().compareTo(number.exact()) : Double.compare(left, right);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof NumberValue number) || Double.isNaN(real) || Double.isNaN(number.real)) {
            return false;
        }
        boolean areReal = whole == null && number.whole == null;
        return areReal ? real == number.real : compare(number) == 0;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(asDouble() + 0.0);
    }
}
