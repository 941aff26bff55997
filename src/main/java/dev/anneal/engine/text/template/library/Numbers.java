package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reading numbers out of texts and rounding them, as Python does. */
final class Numbers {

    /** Longer ones are no numbers of any use. */
    private static final int MAX_LENGTH = 1_000;

    private static final int DECIMAL = 10;
    private static final Pattern INTEGER =
            Pattern.compile("([+-]?)(0[xX]|0[oO]|0[bB])?([\\p{Nd}a-zA-Z]++(?:_[\\p{Nd}a-zA-Z]++)*+)");
    private static final Pattern REAL =
            Pattern.compile("[+-]?(?:\\d[\\d_]*+(?:\\.[\\d_]*+)?+|\\.\\d[\\d_]*+)(?:[eE][+-]?\\d++)?+");
    private static final Pattern SPECIAL = Pattern.compile("([+-]?)(inf|infinity|nan)");

    private Numbers() {}

    /** Part of a path: a position if it is made of digits, else the name that it is. */
    static Value positionOrName(TextValue part) {
        boolean isPosition = part.isTrue() && part.string().chars().allMatch(unit -> unit >= '0' && unit <= '9');
        NumberValue position = isPosition ? parseInteger(part.string(), DECIMAL) : null;
        return position == null ? part : position;
    }

    /** Python's {@code int(text, base)}, or null where it fails. */
    static @Nullable NumberValue parseInteger(String text, int base) {
        Matcher matcher = INTEGER.matcher(trimmed(text));
        if (!matcher.matches() || !isPrefixOf(base, matcher.group(2))) {
            return null;
        }
        try {
            String digits = matcher.group(3).replace("_", "");
            return NumberValue.of(new BigInteger(matcher.group(1) + digits, base));
        } catch (NumberFormatException notDigitsOfThisBase) {
            return null;
        }
    }

    private static boolean isPrefixOf(int base, @Nullable String prefix) {
        return prefix == null
                || switch (prefix.toLowerCase(Locale.ROOT)) {
                    case "0x" -> base == 16;
                    case "0o" -> base == 8;
                    default -> base == 2;
                };
    }

    /** Python's {@code float(text)}, or null where it fails. */
    static @Nullable Double parseReal(String text) {
        String number = trimmed(text);
        Matcher special = SPECIAL.matcher(number.toLowerCase(Locale.ROOT));
        if (special.matches()) {
            double value = special.group(2).equals("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
            return special.group(1).equals("-") ? -value : value;
        }
        return REAL.matcher(number).matches() ? Double.valueOf(number.replace("_", "")) : null;
    }

    private static String trimmed(String text) {
        String stripped = PythonSpace.strip(text);
        return stripped.length() > MAX_LENGTH ? "" : stripped;
    }

    /** The filter {@code int}: a number cut off at the point, or null if the value is none. */
    static @Nullable NumberValue toInteger(Value value, int base) {
        if (value instanceof NumberValue number) {
            BigInteger whole = number.asWhole();
            return whole != null ? NumberValue.of(whole) : truncated(number.asDouble());
        }
        if (!(value instanceof TextValue text)) {
            return null;
        }
        NumberValue whole = parseInteger(text.string(), base);
        Double real = whole == null ? parseReal(text.string()) : null;
        return real == null ? whole : truncated(real);
    }

    private static @Nullable NumberValue truncated(double value) {
        return Double.isFinite(value) ? NumberValue.of(new BigDecimal(value).toBigInteger()) : null;
    }

    /** The filter {@code float}, or null if the value is none. */
    static @Nullable NumberValue toReal(Value value) {
        if (value instanceof NumberValue number) {
            return NumberValue.of(number.asDouble());
        }
        Double real = value instanceof TextValue text ? parseReal(text.string()) : null;
        return real == null ? null : NumberValue.of(real.doubleValue());
    }

    static NumberValue number(Value value, String operation) {
        if (value instanceof NumberValue number) {
            return number;
        }
        throw TemplateException.evaluation(operation + " wants a number, not " + value.typeName());
    }

    static NumberValue absolute(Value value) {
        NumberValue number = number(value, "abs");
        BigInteger whole = number.asWhole();
        return whole != null ? NumberValue.of(whole.abs()) : NumberValue.of(Math.abs(number.asDouble()));
    }

    /** The filter {@code round}: half to even of the exact binary value; up and down always give a float. */
    static NumberValue round(NumberValue number, long precision, String method) {
        int scale = (int) Math.max(-400, Math.min(400, precision));
        RoundingMode mode = switch (method) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw TemplateException.evaluation("method must be common, ceil or floor");
        };
        BigInteger whole = number.asWhole();
        if (whole == null && !Double.isFinite(number.asDouble())) {
            return number;
        }
        BigDecimal exact = whole != null ? new BigDecimal(whole) : new BigDecimal(number.asDouble());
        BigDecimal rounded = exact.setScale(scale, mode);
        boolean staysWhole = whole != null && mode == RoundingMode.HALF_EVEN;
        return staysWhole ? NumberValue.of(rounded.toBigInteger()) : NumberValue.of(rounded.doubleValue());
    }
}
