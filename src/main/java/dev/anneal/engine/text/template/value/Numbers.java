package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads numbers in texts and rounds numbers, as Python does. */
final class Numbers {

    /** Longer ones are no numbers of any use. */
    private static final int MAX_LENGTH = 1_000;

    private static final Pattern INTEGER = Pattern.compile("[+-]?\\p{Nd}++(?:_\\p{Nd}++)*+");
    private static final Pattern REAL =
            Pattern.compile("[+-]?(?:\\d[\\d_]*+(?:\\.[\\d_]*+)?+|\\.\\d[\\d_]*+)(?:[eE][+-]?\\d++)?+");
    private static final Pattern SPECIAL = Pattern.compile("([+-]?)(inf|infinity|nan)");

    private Numbers() {}

    /** The filter {@code int}: a number cut off at the point, or the fallback if the value is none. */
    static Value toInteger(Value value, Value fallback) {
        if (value instanceof NumberValue number && number.asWhole() != null) {
            return NumberValue.of(number.asWhole());
        }
        String text = value instanceof TextValue given ? trimmed(given) : "";
        if (INTEGER.matcher(text).matches()) {
            return NumberValue.of(new BigInteger(text.replace("_", "")));
        }
        Value real = toReal(value, fallback);
        return real instanceof NumberValue number && real != fallback && Double.isFinite(number.asDouble())
                ? NumberValue.of(number.exact().toBigInteger())
                : fallback;
    }

    /** The filter {@code float}, or the fallback if the value is no number. */
    static Value toReal(Value value, Value fallback) {
        if (value instanceof NumberValue number) {
            return NumberValue.of(number.asDouble());
        }
        Double real = value instanceof TextValue text ? parsed(trimmed(text)) : null;
        return real == null ? fallback : NumberValue.of(real.doubleValue());
    }

    /** Python's {@code float(text)}, or null where it fails. */
    private static @Nullable Double parsed(String text) {
        Matcher special = SPECIAL.matcher(text.toLowerCase(Locale.ROOT));
        if (special.matches()) {
            double value = special.group(2).equals("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
            return special.group(1).equals("-") ? -value : value;
        }
        return REAL.matcher(text).matches() ? Double.valueOf(text.replace("_", "")) : null;
    }

    private static String trimmed(TextValue text) {
        String stripped = PythonSpace.strip(text.string());
        return stripped.length() > MAX_LENGTH ? "" : stripped;
    }

    static NumberValue number(Call call) {
        if (call.subject() instanceof NumberValue number) {
            return number;
        }
        throw call.subject()
                .failure(call.builtin().name() + " takes a number, not "
                        + call.subject().typeName());
    }

    static NumberValue absolute(NumberValue number) {
        return number.asWhole() != null
                ? NumberValue.of(number.asWhole().abs())
                : NumberValue.of(Math.abs(number.asDouble()));
    }

    /** The filter {@code round}: half to even of the exact binary value; {@code ceil} and {@code floor} always give a float. */
    static NumberValue round(Call call) {
        NumberValue number = number(call);
        int mode = List.of("common", "ceil", "floor").indexOf(call.text("method", "common"));
        if (mode < 0) {
            throw TemplateException.evaluation("method must be common, ceil or floor");
        }
        boolean isWhole = number.asWhole() != null;
        if (!isWhole && !Double.isFinite(number.asDouble())) {
            return number;
        }
        int scale = (int) Math.max(-400, Math.min(400, call.integer("precision", 0)));
        BigDecimal rounded = number.exact()
                .setScale(
                        scale,
                        List.of(RoundingMode.HALF_EVEN, RoundingMode.CEILING, RoundingMode.FLOOR)
                                .get(mode));
        return isWhole && mode == 0 ? NumberValue.of(rounded.toBigInteger()) : NumberValue.of(rounded.doubleValue());
    }
}
