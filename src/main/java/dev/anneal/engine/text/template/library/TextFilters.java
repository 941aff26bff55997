package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.PercentFormat;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** Filters that turn whatever they get into a text first. */
final class TextFilters {

    private static final long CENTER_WIDTH = 80;
    private static final long TRUNCATED_LENGTH = 255;
    private static final long TRUNCATION_LEEWAY = 5;

    static final Map<String, Builtin> TABLE = Builtin.table(
            mapped("upper", text -> text.toUpperCase(Locale.ROOT)),
            mapped("lower", text -> text.toLowerCase(Locale.ROOT)),
            mapped("capitalize", Texts::capitalize),
            mapped("title", TextFilters::title),
            mapped("string", text -> text),
            // Nothing is escaped on output, so a text marked as safe is like any other.
            mapped("safe", text -> text),
            define(
                    "escape",
                    "",
                    (value, arguments, environment) -> new TextValue(escape(text(value, environment), environment))),
            define("trim", "chars", (value, arguments, environment) -> {
                IntPredicate stripped = Texts.stripped(arguments);
                return environment.text(Texts.stripEnd(Texts.stripStart(text(value, environment), stripped), stripped));
            }),
            define(
                    "replace",
                    "old new count",
                    (value, arguments, environment) -> new TextValue(Texts.replace(
                            text(value, environment),
                            text(arguments.value("old"), environment),
                            text(arguments.value("new"), environment),
                            arguments.integer("count", -1),
                            environment.budget()))),
            define("indent", "width first blank", TextFilters::indent),
            define(
                    "center",
                    "width",
                    (value, arguments, environment) -> new TextValue(Texts.pad(
                            text(value, environment),
                            arguments.integer("width", CENTER_WIDTH),
                            Texts.Padding.BOTH,
                            " ",
                            environment.budget()))),
            define("truncate", "length killwords end leeway", TextFilters::truncate),
            define(
                    "wordcount",
                    "",
                    (value, arguments, environment) -> wordCount(text(value, environment), environment)),
            define("format", "*rest **named", TextFilters::format));

    private TextFilters() {}

    private static Builtin mapped(String name, UnaryOperator<String> change) {
        return define(
                name, "", (value, arguments, environment) -> environment.text(change.apply(text(value, environment))));
    }

    private static String text(Value value, Environment environment) {
        return value.text(environment.budget());
    }

    /** Unlike {@code str.title} it begins words only after white space, hyphens and opening brackets. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || PythonSpace.isSpace(text.charAt(i)) || "-({[<".indexOf(text.charAt(i)) >= 0) {
                out.append(capitalizedWord(text.substring(start, i)));
                out.append(text, i, Math.min(i + 1, text.length()));
                start = i + 1;
            }
        }
        return out.toString();
    }

    private static String capitalizedWord(String word) {
        if (word.isEmpty()) {
            return word;
        }
        int second = word.offsetByCodePoints(0, 1);
        return word.substring(0, second).toUpperCase(Locale.ROOT)
                + word.substring(second).toLowerCase(Locale.ROOT);
    }

    private static String escape(String text, Environment environment) {
        BoundedText out = new BoundedText(environment.budget());
        return out.appendEscaped(text, codePoint -> switch (codePoint) {
                    case '&' -> "&amp;";
                    case '<' -> "&lt;";
                    case '>' -> "&gt;";
                    case '\'' -> "&#39;";
                    case '"' -> "&#34;";
                    default -> null;
                })
                .toString();
    }

    private static Value indent(Value value, BoundArguments arguments, Environment environment) {
        String indent = Indentation.of(arguments.value("width", NumberValue.of(4)), environment);
        BoundedText out = new BoundedText(environment.budget());
        // A line end is added so that a last, empty line counts as well.
        List<Value> lines = Texts.lines(text(value, environment) + "\n", false, environment);
        for (int i = 0; i < lines.size(); i++) {
            String line = text(lines.get(i), environment);
            boolean isIndented = i == 0 ? arguments.flag("first") : arguments.flag("blank") || !line.isEmpty();
            out.append(i == 0 ? "" : "\n").append(isIndented ? indent : "").append(line);
        }
        return new TextValue(out.toString());
    }

    private static Value truncate(Value value, BoundArguments arguments, Environment environment) {
        String text = text(value, environment);
        long length = arguments.integer("length", TRUNCATED_LENGTH);
        if (text.codePointCount(0, text.length()) <= length + arguments.integer("leeway", TRUNCATION_LEEWAY)) {
            return value;
        }
        String end = arguments.text("end", "...");
        long kept = Math.max(0, length - end.codePointCount(0, end.length()));
        String start = text.substring(0, text.offsetByCodePoints(0, (int) kept));
        int space = arguments.flag("killwords") ? -1 : start.lastIndexOf(' ');
        return environment.text((space < 0 ? start : start.substring(0, space)) + end);
    }

    private static Value wordCount(String text, Environment environment) {
        environment.budget().scan(text.length());
        int words = 0;
        boolean insideWord = false;
        for (int i = 0; i < text.length(); i++) {
            boolean isPart = Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_';
            words += isPart && !insideWord ? 1 : 0;
            insideWord = isPart;
        }
        return NumberValue.of(words);
    }

    private static Value format(Value value, BoundArguments arguments, Environment environment) {
        Map<Value, Value> named = new LinkedHashMap<>();
        arguments.named().forEach((name, argument) -> named.put(new TextValue(name), argument));
        Value values = named.isEmpty() ? ListValue.tuple(new ArrayList<>(arguments.rest())) : new MapValue(named);
        return new TextValue(PercentFormat.format(text(value, environment), values, environment.budget()));
    }
}
