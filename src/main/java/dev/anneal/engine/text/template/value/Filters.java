package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.PythonPrinter.Style;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters of texts and single values; {@link SequenceFilters} has those of sequences. */
public final class Filters {

    private static final Map<String, Builtin> TABLE = new TreeMap<>(Builtin.table(
            mapped("upper", text -> text.toUpperCase(Locale.ROOT)),
            mapped("lower", text -> text.toLowerCase(Locale.ROOT)),
            mapped("capitalize", PythonText::capitalize),
            mapped("title", PythonText::titleOfWords),
            mapped("string", text -> text),
            // Nothing is escaped on output, so a text marked as safe is like any other.
            mapped("safe", text -> text),
            define("trim", "chars", call -> PythonText.strip(call, true, true)),
            define("replace", "old new count", PythonText::replace),
            define("indent", "width first blank", PythonText::indent),
            define("default", "default_value boolean", Filters::orDefault),
            define("d", "default_value boolean", Filters::orDefault),
            define("int", "default", Filters::integer),
            define("float", "default", Filters::real),
            define("abs", "", Filters::absolute),
            define("round", "precision method", Filters::round),
            define("tojson", "ensure_ascii indent separators sort_keys", Filters::json)));

    static {
        TABLE.putAll(SequenceFilters.TABLE);
    }

    /** Longer texts are not parsed as numbers. */
    private static final int MAX_LENGTH = 1_000;

    private static final Pattern DIGIT = Pattern.compile("\\p{Nd}");
    private static final String DIGITS = "[0-9]++(?:_[0-9]++)*+";
    private static final Pattern INTEGER = Pattern.compile("[+-]?" + DIGITS);
    private static final Pattern REAL = Pattern.compile("[+-]?(?:Infinity|NaN|" + DIGITS + "(?:\\.(?:" + DIGITS
            + ")?+)?+|\\." + DIGITS + ")(?:[eE][+-]?" + DIGITS + ")?+");
    private static final Map<String, RoundingMode> ROUNDING =
            Map.of("common", RoundingMode.HALF_EVEN, "ceil", RoundingMode.CEILING, "floor", RoundingMode.FLOOR);

    private Filters() {}

    /** The filter of this name. */
    public static Builtin get(String name) {
        return Builtin.get(TABLE, "filter", name);
    }

    private static Builtin mapped(String name, UnaryOperator<String> change) {
        return define(name, "", call -> call.made(change.apply(call.text())));
    }

    private static Object orDefault(Call call) {
        Object value = call.subject();
        boolean isMissing = value instanceof Undefined || (call.flag("boolean") && !Python.isTrue(value));
        return isMissing ? call.value("default_value", "") : value;
    }

    private static Object json(Call call) {
        String indent = call.has("indent") ? call.indentation("indent", 0) : null;
        Object usual = List.of(indent == null ? ", " : ",", ": ");
        List<?> separators = Python.list(call.has("separators") ? call.value("separators") : usual, call.budget());
        boolean areTexts = separators.size() == 2 && separators.stream().allMatch(String.class::isInstance);
        TemplateException.check(areTexts, "the separators of tojson are two texts");
        Style style = new Style(true, call.flag("ensure_ascii"), indent, separators, call.flag("sort_keys"));
        return PythonPrinter.print(call.subject(), style, call.budget());
    }

    /** Truncates a number, or returns the default if the value is not one. */
    private static Object integer(Call call) {
        Number number = parsed(call.subject());
        if (number == null || (number instanceof Double real && !Double.isFinite(real))) {
            return call.value("default", 0L);
        }
        return Numbers.integer(Numbers.exact(number).toBigInteger());
    }

    private static Object real(Call call) {
        Number number = parsed(call.subject());
        return number == null ? call.value("default", 0.0) : number.doubleValue();
    }

    /** The number that a value is or, by Python's rules, that a text stands for; null if it is none. */
    private static @Nullable Number parsed(Object value) {
        if (!(value instanceof String text)) {
            return Numbers.of(value) instanceof Number number ? number : null;
        }
        String digits = digits(text).replaceAll("(?i)inf(inity)?", "Infinity").replaceAll("(?i)nan", "NaN");
        if (INTEGER.matcher(digits).matches()) {
            return new BigInteger(digits.replace("_", ""));
        }
        return REAL.matcher(digits).matches() ? Double.valueOf(digits.replace("_", "")) : null;
    }

    /** The stripped text with its decimal digits as ASCII; empty, which is not a number, if it is too long. */
    private static String digits(String text) {
        String stripped = PythonSpace.strip(text);
        return DIGIT.matcher(stripped.length() > MAX_LENGTH ? "" : stripped)
                .replaceAll(
                        digit -> String.valueOf(Character.digit(digit.group().codePointAt(0), 10)));
    }

    private static Object absolute(Call call) {
        Number number = Numbers.require(call.subject(), "abs takes a number");
        if (number instanceof Double real) {
            return Math.abs(real);
        }
        return Numbers.integer(Numbers.exact(number).toBigInteger().abs());
    }

    /** Rounds half to even of the exact binary value; {@code ceil} and {@code floor} always give a float. */
    private static Object round(Call call) {
        Number number = Numbers.require(call.subject(), "round takes a number");
        RoundingMode mode = ROUNDING.get(call.text("method", "common"));
        if (mode == null) {
            throw TemplateException.evaluation("method must be common, ceil or floor");
        }
        if (number instanceof Double real && !Double.isFinite(real)) {
            return number;
        }
        int scale = (int) Math.max(-400, Math.min(400, call.integer("precision", 0)));
        BigDecimal rounded = Numbers.exact(number).setScale(scale, mode);
        return number instanceof Double || mode != RoundingMode.HALF_EVEN
                ? (Object) rounded.doubleValue()
                : Numbers.integer(rounded.toBigInteger());
    }
}
