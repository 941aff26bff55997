package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters of texts and single values; {@link SequenceFilters} has those of sequences. */
public final class Filters {

    private static final NumberValue ZERO = NumberValue.of(0);

    private static final Map<String, Builtin> TABLE = new TreeMap<>(Builtin.table(
            mapped("upper", text -> text.toUpperCase(Locale.ROOT)),
            mapped("lower", text -> text.toLowerCase(Locale.ROOT)),
            mapped("capitalize", Texts::capitalize),
            mapped("title", Texts::titleOfWords),
            mapped("string", text -> text),
            // Nothing is escaped on output, so a text marked as safe is like any other.
            mapped("safe", text -> text),
            define("trim", "chars", call -> Texts.strip(call, true, true)),
            define("replace", "old new count", Texts::replace),
            define("indent", "width first blank", Texts::indent),
            define("default", "default_value boolean", Filters::orDefault),
            define("d", "default_value boolean", Filters::orDefault),
            define("int", "default", call -> toInteger(call.subject(), call.value("default", ZERO))),
            define("float", "default", call -> toReal(call.subject(), call.value("default", NumberValue.of(0.0)))),
            define("abs", "", call -> absolute(number(call))),
            define("round", "precision method", Filters::round),
            define("tojson", "ensure_ascii indent separators sort_keys", Filters::json)));

    static {
        TABLE.putAll(SequenceFilters.TABLE);
    }

    /** Longer texts are not parsed as numbers. */
    private static final int MAX_LENGTH = 1_000;

    private static final String DIGITS = "[0-9]++(?:_[0-9]++)*+";
    private static final Pattern INTEGER = Pattern.compile("[+-]?" + DIGITS);
    private static final Pattern REAL = Pattern.compile(
            "[+-]?(?:" + DIGITS + "(?:\\.(?:" + DIGITS + ")?+)?+|\\." + DIGITS + ")(?:[eE][+-]?" + DIGITS + ")?+");
    private static final Pattern SPECIAL = Pattern.compile("([+-]?)(inf|infinity|nan)");
    private static final Map<String, RoundingMode> ROUNDING =
            Map.of("common", RoundingMode.HALF_EVEN, "ceil", RoundingMode.CEILING, "floor", RoundingMode.FLOOR);

    private Filters() {}

    /** The filter of this name. */
    public static Builtin get(String name) {
        Builtin filter = TABLE.get(name);
        if (filter == null) {
            throw TemplateException.unsupported(
                    "the filter '" + name + "'", "filters are " + String.join(", ", TABLE.keySet()));
        }
        return filter;
    }

    private static Builtin mapped(String name, UnaryOperator<String> change) {
        return define(name, "", call -> call.made(change.apply(call.text())));
    }

    private static Value orDefault(Call call) {
        Value value = call.subject();
        boolean isMissing = value instanceof Undefined || (call.flag("boolean") && !value.isTrue());
        return isMissing ? call.value("default_value", TextValue.EMPTY) : value;
    }

    private static Value json(Call call) {
        String indent = call.has("indent") ? call.indentation("indent", 0) : null;
        List<Value> separators = call.has("separators")
                ? ListValue.itemsOf(call.value("separators"), call.budget())
                : List.of(new TextValue(indent == null ? ", " : ","), new TextValue(": "));
        if (separators.size() != 2 || !separators.stream().allMatch(TextValue.class::isInstance)) {
            throw TemplateException.evaluation("the separators of tojson are two texts");
        }
        PythonPrinter.Style style = new PythonPrinter.Style(
                true,
                call.flag("ensure_ascii"),
                indent,
                separators.get(0).text(call.budget()),
                separators.get(1).text(call.budget()),
                call.flag("sort_keys"));
        return new TextValue(PythonPrinter.print(call.subject(), style, call.budget()));
    }

    /** The filter {@code int}: truncates a number, or returns the fallback if the value is not one. */
    private static Value toInteger(Value value, Value fallback) {
        if (value instanceof NumberValue number && number.asWhole() != null) {
            return NumberValue.of(number.asWhole());
        }
        String text = value instanceof TextValue given ? digits(given) : "";
        if (INTEGER.matcher(text).matches()) {
            return NumberValue.of(new BigInteger(text.replace("_", "")));
        }
        Value real = toReal(value, fallback);
        return real instanceof NumberValue number && real != fallback && Double.isFinite(number.asDouble())
                ? NumberValue.of(number.exact().toBigInteger())
                : fallback;
    }

    /** The filter {@code float}, or the fallback if the value is not a number. */
    private static Value toReal(Value value, Value fallback) {
        if (value instanceof NumberValue number) {
            return NumberValue.of(number.asDouble());
        }
        Double real = value instanceof TextValue text ? parsed(digits(text)) : null;
        return real == null ? fallback : NumberValue.of(real.doubleValue());
    }

    /** Python's {@code float(text)}, or null if it fails. */
    private static @Nullable Double parsed(String text) {
        Matcher special = SPECIAL.matcher(text.toLowerCase(Locale.ROOT));
        if (special.matches()) {
            double value = special.group(2).equals("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
            return special.group(1).equals("-") ? -value : value;
        }
        return REAL.matcher(text).matches() ? Double.valueOf(text.replace("_", "")) : null;
    }

    /**
     * The stripped text with its decimal digits converted to ASCII; empty, which is not a number, if it is too long.
     */
    private static String digits(TextValue text) {
        String stripped = PythonSpace.strip(text.string());
        if (stripped.length() > MAX_LENGTH) {
            return "";
        }
        StringBuilder digits = new StringBuilder();
        stripped.codePoints()
                .map(each -> Character.isDigit(each) ? '0' + Character.digit(each, 10) : each)
                .forEach(digits::appendCodePoint);
        return digits.toString();
    }

    private static NumberValue number(Call call) {
        if (call.subject() instanceof NumberValue number) {
            return number;
        }
        throw call.subject()
                .failure(call.builtin().name() + " takes a number, not "
                        + call.subject().typeName());
    }

    private static NumberValue absolute(NumberValue number) {
        return number.asWhole() != null
                ? NumberValue.of(number.asWhole().abs())
                : NumberValue.of(Math.abs(number.asDouble()));
    }

    /**
     * The filter {@code round}: half to even of the exact binary value; {@code ceil} and {@code floor} always give a
     * float.
     */
    private static NumberValue round(Call call) {
        NumberValue number = number(call);
        RoundingMode mode = ROUNDING.get(call.text("method", "common"));
        if (mode == null) {
            throw TemplateException.evaluation("method must be common, ceil or floor");
        }
        boolean isWhole = number.asWhole() != null;
        if (!isWhole && !Double.isFinite(number.asDouble())) {
            return number;
        }
        int scale = (int) Math.max(-400, Math.min(400, call.integer("precision", 0)));
        BigDecimal rounded = number.exact().setScale(scale, mode);
        return isWhole && mode == RoundingMode.HALF_EVEN
                ? NumberValue.of(rounded.toBigInteger())
                : NumberValue.of(rounded.doubleValue());
    }
}
