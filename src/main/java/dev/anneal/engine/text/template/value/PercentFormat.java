package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Python's {@code format % values} with the conversions {@code s r d i u x X o f F c %}, flags, width and precision. */
public final class PercentFormat {

    /** Digits after the point that a float may be asked for. */
    private static final int MAX_PRECISION = 1_000;

    private final String format;
    private final Value values;
    private final @Nullable Iterator<Value> positional;
    private final Budget budget;
    private final BoundedText out;
    private int position;

    private PercentFormat(String format, Value values, Budget budget) {
        this.format = format;
        this.values = values;
        this.positional = values instanceof MapValue ? null : arguments(values).iterator();
        this.budget = budget;
        this.out = new BoundedText(budget);
    }

    /** The formatted text; {@code values} is a tuple, a mapping for named conversions, or the only value. */
    public static String format(String format, Value values, Budget budget) {
        return new PercentFormat(format, values, budget).run();
    }

    private static List<Value> arguments(Value values) {
        return values instanceof ListValue list && list.typeName().equals("tuple") ? list.items() : List.of(values);
    }

    private String run() {
        for (int percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', position)) {
            out.append(format.subSequence(position, percent));
            position = percent + 1;
            convert();
        }
        out.append(format.subSequence(position, format.length()));
        if (positional != null && positional.hasNext()) {
            throw TemplateException.evaluation("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private void convert() {
        Value named = peek() == '(' ? named() : null;
        String flags = takeAll("-+ 0#");
        int width = number();
        int precision = peek() == '.' ? precision() : -1;
        char conversion = take();
        if (conversion == '%') {
            out.append("%");
            return;
        }
        String text = converted(conversion, named == null ? next() : named, precision);
        boolean isNumber = "diuxXofF".indexOf(conversion) >= 0;
        if (isNumber && !text.startsWith("-")) {
            text = (flags.contains("+") ? "+" : flags.contains(" ") ? " " : "") + text;
        }
        out.append(padded(text, width, flags, isNumber));
    }

    private String converted(char conversion, Value value, int precision) {
        return switch (conversion) {
            case 's' -> shortened(value.text(budget), precision);
            case 'r' -> shortened(PythonPrinter.repr(value, budget), precision);
            case 'd', 'i', 'u' -> whole(value).toString();
            case 'x' -> whole(value).toString(16);
            case 'X' -> whole(value).toString(16).toUpperCase(Locale.ROOT);
            case 'o' -> whole(value).toString(8);
            case 'f', 'F' -> fixed(value, precision < 0 ? 6 : precision);
            case 'c' -> character(value);
            default -> throw TemplateException.evaluation("unsupported format character '" + conversion + "'");
        };
    }

    private static String shortened(String text, int precision) {
        boolean isShort = precision < 0 || text.codePointCount(0, text.length()) <= precision;
        return isShort ? text : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private static NumberValue number(Value value) {
        if (value instanceof NumberValue number) {
            return number;
        }
        throw TemplateException.evaluation("a real number is required, not " + value.typeName());
    }

    private static BigInteger whole(Value value) {
        NumberValue number = number(value);
        BigInteger whole = number.asWhole();
        return whole != null ? whole : finite(number.asDouble()).toBigInteger();
    }

    /** Rounded from the exact binary value, as C does it. */
    public static String fixed(Value value, int precision) {
        if (precision > MAX_PRECISION) {
            throw TemplateException.budget("a number with more than " + MAX_PRECISION + " decimals");
        }
        NumberValue number = number(value);
        BigInteger whole = number.asWhole();
        BigDecimal exact = whole != null ? new BigDecimal(whole) : finite(number.asDouble());
        return exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static BigDecimal finite(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw TemplateException.evaluation("a number that is not finite cannot be formatted");
        }
        return new BigDecimal(value);
    }

    private static String character(Value value) {
        if (value instanceof TextValue text && text.length() == 1) {
            return text.string();
        }
        int codePoint = number(value).asWhole() == null
                ? -1
                : (int) Math.max(-1, Math.min(number(value).asLong(), Integer.MAX_VALUE));
        if (!Character.isValidCodePoint(codePoint)) {
            throw TemplateException.evaluation("%c requires a character or its code point");
        }
        return Character.toString(codePoint);
    }

    private String padded(String text, int width, String flags, boolean isNumber) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        budget.text((long) text.length() + missing);
        if (flags.contains("-")) {
            return text + " ".repeat(missing);
        }
        boolean isSigned = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0;
        int sign = isNumber && isSigned ? 1 : 0;
        return isNumber && flags.contains("0")
                ? text.substring(0, sign) + "0".repeat(missing) + text.substring(sign)
                : " ".repeat(missing) + text;
    }

    private Value named() {
        int close = format.indexOf(')', position);
        if (close < 0 || !(values instanceof MapValue map)) {
            throw TemplateException.evaluation("format requires a mapping");
        }
        TextValue key = new TextValue(format.substring(position + 1, close));
        position = close + 1;
        Value value = map.item(key);
        if (value == null) {
            throw TemplateException.evaluation("the format names '" + key.string() + "', which is not given");
        }
        return value;
    }

    private Value next() {
        if (positional == null || !positional.hasNext()) {
            throw TemplateException.evaluation("not enough arguments for format string");
        }
        return positional.next();
    }

    private int precision() {
        position++;
        return number();
    }

    /** A width or precision; whatever is beyond the limit of a text is as good as any other number beyond it. */
    private int number() {
        long number = 0;
        for (char digit : takeAll("0123456789").toCharArray()) {
            number = Math.min(Integer.MAX_VALUE, number * 10 + digit - '0');
        }
        return (int) number;
    }

    private String takeAll(String wanted) {
        int start = position;
        while (position < format.length() && wanted.indexOf(format.charAt(position)) >= 0) {
            position++;
        }
        return format.substring(start, position);
    }

    private char peek() {
        return position < format.length() ? format.charAt(position) : 0;
    }

    private char take() {
        if (position == format.length()) {
            throw TemplateException.evaluation("incomplete format");
        }
        return format.charAt(position++);
    }
}
