package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Python's {@code int}, {@code bool} (which is an integer too) and {@code float}. Equal numbers are equal whatever their type. */
public sealed interface NumberValue extends Value {

    /** The number as a double, the nearest one if it is a large integer. */
    double asDouble();

    /** The number as an integer, or null if it is a float. */
    @Nullable
    BigInteger asWhole();

    /** An integer. */
    static NumberValue of(long value) {
        return new Whole(BigInteger.valueOf(value));
    }

    /** An integer. */
    static NumberValue of(BigInteger value) {
        if (value.bitLength() > Budget.MAX_INTEGER_BITS) {
            throw tooLarge();
        }
        return new Whole(value);
    }

    /** The error of an integer beyond all use. */
    static TemplateException tooLarge() {
        return TemplateException.budget("an integer of more than " + Budget.MAX_INTEGER_BITS + " bits");
    }

    /** A float. */
    static NumberValue of(double value) {
        return new Real(value);
    }

    /** A truth value. */
    static NumberValue of(boolean value) {
        return value ? Bool.TRUE : Bool.FALSE;
    }

    /** Where a subscript points in a sequence of this length, counting from the end if negative; -1 if nowhere. */
    static int position(Value subscript, int length) {
        if (!(subscript instanceof NumberValue number)) {
            return -1;
        }
        BigInteger whole = number.asWhole();
        if (whole == null || whole.bitLength() > 31) {
            return -1;
        }
        long position = whole.longValue() < 0 ? whole.longValue() + length : whole.longValue();
        return position < length ? (int) Math.max(-1, position) : -1;
    }

    /** How often a text or list is repeated by {@code *}. */
    default int repetitions() {
        BigInteger whole = asWhole();
        if (whole == null) {
            throw TemplateException.evaluation("can't multiply sequence by non-int of type 'float'");
        }
        return whole.max(BigInteger.ZERO)
                .min(BigInteger.valueOf(Integer.MAX_VALUE))
                .intValue();
    }

    /** The integer as a long, or the nearest one. */
    default long asLong() {
        BigInteger whole = asWhole();
        if (whole == null) {
            throw TemplateException.evaluation("'float' object cannot be interpreted as an integer");
        }
        return whole.min(BigInteger.valueOf(Long.MAX_VALUE))
                .max(BigInteger.valueOf(Long.MIN_VALUE))
                .longValue();
    }

    @Override
    default int compare(Value other) {
        if (!(other instanceof NumberValue number)) {
            return Value.super.compare(other);
        }
        BigInteger left = asWhole();
        BigInteger right = number.asWhole();
        if (left != null && right != null) {
            return left.compareTo(right);
        }
        boolean isFinite = Double.isFinite(asDouble()) && Double.isFinite(number.asDouble());
        return isFinite ? exact().compareTo(number.exact()) : Double.compare(asDouble(), number.asDouble());
    }

    private BigDecimal exact() {
        BigInteger whole = asWhole();
        return whole != null ? new BigDecimal(whole) : new BigDecimal(asDouble());
    }

    private static boolean same(NumberValue left, @Nullable Object right) {
        if (!(right instanceof NumberValue number)) {
            return false;
        }
        boolean isReal = left.asWhole() == null && number.asWhole() == null;
        return isReal ? left.asDouble() == number.asDouble() : left.compare(number) == 0;
    }

    private static int hash(NumberValue number) {
        return Double.hashCode(number.asDouble() + 0.0);
    }

    /** Python's {@code bool}. */
    record Bool(boolean value) implements NumberValue {

        /** {@code True}. */
        public static final Bool TRUE = new Bool(true);

        /** {@code False}. */
        public static final Bool FALSE = new Bool(false);

        @Override
        public String typeName() {
            return "bool";
        }

        @Override
        public double asDouble() {
            return value ? 1 : 0;
        }

        @Override
        public BigInteger asWhole() {
            return value ? BigInteger.ONE : BigInteger.ZERO;
        }

        @Override
        public void accept(ValueVisitor visitor) {
            visitor.bool(value);
        }

        @Override
        public boolean isTrue() {
            return value;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return same(this, other);
        }

        @Override
        public int hashCode() {
            return hash(this);
        }
    }

    /** Python's {@code int}. */
    record Whole(BigInteger value) implements NumberValue {

        @Override
        public String typeName() {
            return "int";
        }

        @Override
        public double asDouble() {
            return value.doubleValue();
        }

        @Override
        public BigInteger asWhole() {
            return value;
        }

        @Override
        public void accept(ValueVisitor visitor) {
            visitor.whole(value);
        }

        @Override
        public boolean isTrue() {
            return value.signum() != 0;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return same(this, other);
        }

        @Override
        public int hashCode() {
            return hash(this);
        }
    }

    /** Python's {@code float}. */
    record Real(double value) implements NumberValue {

        @Override
        public String typeName() {
            return "float";
        }

        @Override
        public double asDouble() {
            return value;
        }

        @Override
        public @Nullable BigInteger asWhole() {
            return null;
        }

        @Override
        public void accept(ValueVisitor visitor) {
            visitor.real(value);
        }

        @Override
        public boolean isTrue() {
            return value != 0;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return same(this, other);
        }

        @Override
        public int hashCode() {
            return hash(this);
        }
    }
}
