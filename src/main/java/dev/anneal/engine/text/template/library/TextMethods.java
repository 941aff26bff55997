package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextSearch;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The methods of {@code str}. */
final class TextMethods {

    static final Map<String, Builtin> TABLE = Builtin.table(
            mapped("upper", text -> text.toUpperCase(Locale.ROOT)),
            mapped("lower", text -> text.toLowerCase(Locale.ROOT)),
            mapped("casefold", text -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT)),
            mapped("title", Texts::title),
            mapped("capitalize", Texts::capitalize),
            mapped("swapcase", TextMethods::swapCase),
            define("strip", "chars", (self, arguments, environment) -> {
                IntPredicate stripped = Texts.stripped(arguments);
                return environment.text(Texts.stripEnd(Texts.stripStart(string(self), stripped), stripped));
            }),
            define(
                    "lstrip",
                    "chars",
                    (self, arguments, environment) ->
                            environment.text(Texts.stripStart(string(self), Texts.stripped(arguments)))),
            define(
                    "rstrip",
                    "chars",
                    (self, arguments, environment) ->
                            environment.text(Texts.stripEnd(string(self), Texts.stripped(arguments)))),
            define("removeprefix", "prefix", (self, arguments, environment) -> {
                String prefix = arguments.text("prefix");
                return string(self).startsWith(prefix)
                        ? environment.text(string(self).substring(prefix.length()))
                        : self;
            }),
            define("removesuffix", "suffix", (self, arguments, environment) -> {
                String suffix = arguments.text("suffix");
                return string(self).endsWith(suffix)
                        ? environment.text(
                                string(self).substring(0, string(self).length() - suffix.length()))
                        : self;
            }),
            define(
                    "replace",
                    "old new count",
                    (self, arguments, environment) -> new TextValue(Texts.replace(
                            string(self),
                            arguments.text("old"),
                            arguments.text("new"),
                            arguments.integer("count", -1),
                            environment.budget()))),
            define("split", "sep maxsplit", (self, arguments, environment) -> {
                long limit = arguments.integer("maxsplit", -1);
                return ListValue.list(
                        arguments.has("sep")
                                ? Texts.split(string(self), arguments.text("sep"), limit, environment)
                                : Texts.words(string(self), limit, environment));
            }),
            define("rsplit", "sep maxsplit", (self, arguments, environment) -> {
                long limit = arguments.integer("maxsplit", -1);
                return ListValue.list(
                        arguments.has("sep")
                                ? Texts.splitFromEnd(string(self), arguments.text("sep"), limit, environment)
                                : Texts.wordsFromEnd(string(self), limit, environment));
            }),
            define(
                    "splitlines",
                    "keepends",
                    (self, arguments, environment) ->
                            ListValue.list(Texts.lines(string(self), arguments.flag("keepends"), environment))),
            define("partition", "sep", (self, arguments, environment) -> {
                String separator = arguments.text("sep");
                int at = TextSearch.indexOf(string(self), separator, 0, environment.budget());
                return at < 0
                        ? ListValue.tuple(List.of(self, TextValue.EMPTY, TextValue.EMPTY))
                        : parts(string(self), at, separator, environment);
            }),
            define("rpartition", "sep", (self, arguments, environment) -> {
                String separator = arguments.text("sep");
                int at = TextSearch.lastIndexOf(
                        string(self), separator, string(self).length(), environment.budget());
                return at < 0
                        ? ListValue.tuple(List.of(TextValue.EMPTY, TextValue.EMPTY, self))
                        : parts(string(self), at, separator, environment);
            }),
            windowed(
                    "startswith",
                    "prefix",
                    (window, prefix) -> NumberValue.of(window.matches(prefix, String::startsWith))),
            windowed(
                    "endswith", "suffix", (window, suffix) -> NumberValue.of(window.matches(suffix, String::endsWith))),
            searched("find", (window, sub) -> NumberValue.of(window.first(sub))),
            searched("rfind", (window, sub) -> NumberValue.of(window.last(sub))),
            searched("index", (window, sub) -> found(window.first(sub))),
            searched("rindex", (window, sub) -> found(window.last(sub))),
            searched("count", (window, sub) -> NumberValue.of(window.count(sub))),
            define(
                    "join",
                    "iterable",
                    (self, arguments, environment) -> join(string(self), arguments.value("iterable"), environment)),
            padded("center", Texts.Padding.BOTH),
            padded("ljust", Texts.Padding.RIGHT),
            padded("rjust", Texts.Padding.LEFT),
            define("zfill", "width", (self, arguments, environment) -> {
                String sign = string(self).startsWith("-") || string(self).startsWith("+")
                        ? string(self).substring(0, 1)
                        : "";
                String digits = string(self).substring(sign.length());
                long width = arguments.integer("width", 0) - sign.length();
                return new TextValue(sign + Texts.pad(digits, width, Texts.Padding.LEFT, "0", environment.budget()));
            }),
            define(
                    "format",
                    "*rest **named",
                    (self, arguments, environment) ->
                            BraceFormat.format(string(self), arguments.rest(), arguments.named(), environment)),
            each("isalpha", Character::isLetter),
            each("isalnum", Character::isLetterOrDigit),
            each("isdigit", Character::isDigit),
            each("isdecimal", Character::isDigit),
            each("isnumeric", Character::isDigit),
            each("isspace", PythonSpace::isSpace),
            tested("isascii", text -> text.chars().allMatch(unit -> unit < 0x80)),
            tested("isupper", text -> Texts.hasCase(text, Character::isUpperCase)),
            tested("islower", text -> Texts.hasCase(text, Character::isLowerCase)));

    private TextMethods() {}

    private static Builtin mapped(String name, UnaryOperator<String> change) {
        return define(name, "", (self, arguments, environment) -> environment.text(change.apply(string(self))));
    }

    private static Builtin tested(String name, Predicate<String> test) {
        return define(name, "", (self, arguments, environment) -> {
            environment.budget().scan(string(self).length());
            return NumberValue.of(test.test(string(self)));
        });
    }

    private static Builtin each(String name, IntPredicate test) {
        return tested(name, text -> !text.isEmpty() && text.codePoints().allMatch(test));
    }

    /** A method that looks at a part of the text only. */
    private static Builtin windowed(String name, String parameter, BiFunction<Window, Value, Value> method) {
        return define(
                name,
                parameter + " start end",
                (self, arguments, environment) ->
                        method.apply(Window.of((TextValue) self, arguments, environment), arguments.value(parameter)));
    }

    private static Builtin searched(String name, BiFunction<Window, String, Value> method) {
        return define(
                name,
                "sub start end",
                (self, arguments, environment) ->
                        method.apply(Window.of((TextValue) self, arguments, environment), arguments.text("sub")));
    }

    private static Builtin padded(String name, Texts.Padding padding) {
        return define(
                name,
                "width fillchar",
                (self, arguments, environment) -> new TextValue(Texts.pad(
                        string(self),
                        arguments.integer("width", 0),
                        padding,
                        arguments.text("fillchar", " "),
                        environment.budget())));
    }

    private static String string(Value self) {
        return ((TextValue) self).string();
    }

    private static String swapCase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .mapToObj(Character::toString)
                .map(one -> one.equals(one.toLowerCase(Locale.ROOT))
                        ? one.toUpperCase(Locale.ROOT)
                        : one.toLowerCase(Locale.ROOT))
                .forEach(out::append);
        return out.toString();
    }

    private static Value parts(String text, int at, String separator, Environment environment) {
        return ListValue.tuple(List.of(
                environment.text(text.substring(0, at)),
                environment.text(separator),
                environment.text(text.substring(at + separator.length()))));
    }

    private static Value found(int position) {
        if (position < 0) {
            throw TemplateException.evaluation("substring not found");
        }
        return NumberValue.of(position);
    }

    private static Value join(String separator, Value parts, Environment environment) {
        BoundedText out = new BoundedText(environment.budget());
        int position = 0;
        for (Iterator<Value> iterator = parts.iterator(); iterator.hasNext(); position++) {
            Value part = iterator.next();
            if (!(part instanceof TextValue text)) {
                throw TemplateException.evaluation(
                        "sequence item " + position + ": expected str instance, " + part.typeName() + " found");
            }
            out.append(position == 0 ? "" : separator).append(text.string());
        }
        return new TextValue(out.toString());
    }
}
