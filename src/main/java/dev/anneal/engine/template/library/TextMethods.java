package dev.anneal.engine.template.library;

import static dev.anneal.engine.template.library.Builtin.define;

import dev.anneal.engine.template.TemplateException;
import dev.anneal.engine.template.value.BoundedText;
import dev.anneal.engine.template.value.ListValue;
import dev.anneal.engine.template.value.NumberValue;
import dev.anneal.engine.template.value.Slice;
import dev.anneal.engine.template.value.TextSearch;
import dev.anneal.engine.template.value.TextValue;
import dev.anneal.engine.template.value.Value;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
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
            define(
                    "startswith",
                    "prefix start end",
                    (self, arguments, environment) ->
                            matches(self, "prefix", arguments, environment, String::startsWith)),
            define(
                    "endswith",
                    "suffix start end",
                    (self, arguments, environment) ->
                            matches(self, "suffix", arguments, environment, String::endsWith)),
            define(
                    "find",
                    "sub start end",
                    (self, arguments, environment) -> NumberValue.of(
                            Window.of(self, arguments, environment).first(arguments.text("sub")))),
            define(
                    "rfind",
                    "sub start end",
                    (self, arguments, environment) -> NumberValue.of(
                            Window.of(self, arguments, environment).last(arguments.text("sub")))),
            define(
                    "index",
                    "sub start end",
                    (self, arguments, environment) ->
                            found(Window.of(self, arguments, environment).first(arguments.text("sub")))),
            define(
                    "rindex",
                    "sub start end",
                    (self, arguments, environment) ->
                            found(Window.of(self, arguments, environment).last(arguments.text("sub")))),
            define(
                    "count",
                    "sub start end",
                    (self, arguments, environment) -> NumberValue.of(
                            Window.of(self, arguments, environment).count(arguments.text("sub")))),
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
            each("isspace", Texts::isSpace),
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

    /** Whether the text begins or ends with a text, or with one of a tuple of them. */
    private static Value matches(
            Value self,
            String parameter,
            BoundArguments arguments,
            Environment environment,
            BiPredicate<String, String> test) {
        String text = Window.of(self, arguments, environment).text();
        Value wanted = arguments.value(parameter);
        for (Value each : wanted instanceof ListValue list ? list.items() : List.of(wanted)) {
            if (!(each instanceof TextValue affix)) {
                throw TemplateException.evaluation("a text or a tuple of texts is wanted, not " + each.typeName());
            }
            environment.budget().charge(affix.weight());
            if (test.test(text, affix.string())) {
                return NumberValue.Bool.TRUE;
            }
        }
        return NumberValue.Bool.FALSE;
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

    /** The part of a text between the arguments {@code start} and {@code end}; positions count code points of the whole text. */
    private record Window(String text, int offset, Environment environment) {

        static Window of(Value self, BoundArguments arguments, Environment environment) {
            if (!arguments.has("start") && !arguments.has("end")) {
                return new Window(string(self), 0, environment);
            }
            Slice slice = new Slice(
                    arguments.integer("start", 0), arguments.has("end") ? arguments.integer("end", 0) : null, null);
            int offset = slice.within(self.length()).first();
            return new Window(string(self.slice(slice, environment.budget())), offset, environment);
        }

        int first(String wanted) {
            return position(TextSearch.indexOf(text, wanted, 0, environment.budget()));
        }

        int last(String wanted) {
            return position(TextSearch.lastIndexOf(text, wanted, text.length(), environment.budget()));
        }

        int count(String wanted) {
            return wanted.isEmpty()
                    ? text.codePointCount(0, text.length()) + 1
                    : TextSearch.count(text, wanted, environment.budget());
        }

        private int position(int unit) {
            return unit < 0 ? -1 : offset + text.codePointCount(0, unit);
        }
    }
}
