package dev.anneal.engine.text.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/**
 * Prints doubles like Python: the shortest digits that parse to the same number, such as {@code 0.1}, {@code 1.0},
 * {@code 1e-05}, {@code 1e+16}.
 */
public final class PythonFloat {

    /** 17 significant digits distinguish all doubles. */
    private static final int MAX_DIGITS = 17;

    private PythonFloat() {}

    /** The format of {@code json.dumps}. */
    public static String json(double value) {
        return print(value, "Infinity", "NaN");
    }

    /** The format of {@code repr}, with other words for infinity and NaN. */
    public static String print(double value, String infinity, String notANumber) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? notANumber : (value < 0 ? "-" : "") + infinity;
        }
        String sign = 1 / value < 0 || value < 0 ? "-" : "";
        return sign + (value == 0 ? "0.0" : positive(shortest(Math.abs(value))));
    }

    /**
     * {@link Double#toString} is not the shortest before JDK 19. Rounding up is tried as well: numbers are denser below
     * a power of two than above, so the nearest decimal may parse to a neighbour where the next one does not.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MAX_DIGITS; digits++) {
            for (RoundingMode mode : List.of(RoundingMode.HALF_EVEN, RoundingMode.UP)) {
                BigDecimal rounded = exact.round(new MathContext(digits, mode));
                if (rounded.doubleValue() == value) {
                    return rounded.stripTrailingZeros();
                }
            }
        }
        return exact.round(new MathContext(MAX_DIGITS, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    /** Numbers from 0.0001 to below 1e16 have no exponent. */
    private static String positive(BigDecimal value) {
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = value.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = value.unscaledValue().toString();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + fraction + String.format(Locale.ROOT, "e%+03d", exponent);
    }
}
