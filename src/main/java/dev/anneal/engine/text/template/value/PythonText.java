package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Python's operations on texts that differ from Java's. */
final class PythonText {

    private static final Pattern WORD = Pattern.compile("[^" + PythonSpace.SPACES + "]++");

    /** A word to the filter {@code title}. */
    private static final Pattern TITLE_WORD = Pattern.compile("[^-({\\[<" + PythonSpace.SPACES + "]++");

    private static final Pattern CASED_LETTERS = Pattern.compile("[\\p{IsUppercase}\\p{IsLowercase}\\p{Lt}]++");
    private static final Pattern ALL = Pattern.compile("(?s).++");

    /** Where Python's {@code str.splitlines} splits. */
    private static final Pattern LINE_END = Pattern.compile("\r\n|[\n-\r\\x1c-\\x1e\\x85\u2028\u2029]");

    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{}|[{}]");

    private PythonText() {}

    /** Python's {@code str.strip} of the argument {@code chars}, or of white space without it. */
    static Object strip(Call call, boolean atStart, boolean atEnd) {
        String text = call.text();
        IntPredicate stripped = PythonSpace::isSpace;
        if (call.has("chars")) {
            String characters = call.text("chars");
            call.budget().scan(characters.length());
            stripped = characters.codePoints().boxed().collect(Collectors.toSet())::contains;
        }
        call.budget().scan(text.length());
        int start = 0;
        while (atStart && start < text.length() && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        int end = text.length();
        while (atEnd && end > start && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return call.made(text.substring(start, end));
    }

    /** Python's {@code str.split}. */
    static List<Object> split(Call call) {
        long limit = call.integer("maxsplit", -1);
        String separator = call.has("sep") ? call.text("sep") : null;
        return separator == null
                ? words(call.text(), limit, call.budget())
                : split(call.text(), separator, limit, call.budget());
    }

    /** Splits at a separator, at most {@code limit} times unless that is negative. */
    static List<Object> split(String text, String separator, long limit, Budget budget) {
        TemplateException.check(!separator.isEmpty(), "empty separator");
        List<Object> parts = new ArrayList<>();
        int start = 0;
        int found = 0;
        while (parts.size() != limit && (found = TextSearch.indexOf(text, separator, start, budget)) >= 0) {
            add(parts, text.substring(start, found), budget);
            start = found + separator.length();
        }
        add(parts, text.substring(start), budget);
        return parts;
    }

    private static void add(List<Object> parts, String part, Budget budget) {
        budget.growTo(parts.size() + 1);
        budget.text(part.length());
        parts.add(part);
    }

    /** Splits at runs of white space; the rest after {@code limit} words stays unsplit. */
    private static List<Object> words(String text, long limit, Budget budget) {
        List<Object> parts = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while ((parts.size() <= limit || limit < 0) && word.find()) {
            int end = parts.size() == limit ? text.length() : word.end();
            add(parts, text.substring(word.start(), end), budget);
        }
        return parts;
    }

    /** Python's {@code str.replace}: an empty text matches between all characters. */
    static Object replace(Call call) {
        String text = call.text();
        String old = call.text("old");
        String replacement = call.text("new");
        long limit = call.integer("count", -1);
        BoundedText out = new BoundedText(call.budget());
        int start = 0;
        int found = TextSearch.indexOf(text, old, 0, call.budget());
        for (long count = 0; found >= 0 && count != limit; count++) {
            out.append(text.subSequence(start, found)).append(replacement);
            start = found + old.length();
            boolean isAtEnd = found == text.length();
            int next = old.isEmpty() && !isAtEnd ? text.offsetByCodePoints(found, 1) : start;
            found = old.isEmpty() && isAtEnd ? -1 : TextSearch.indexOf(text, old, next, call.budget());
        }
        return out.append(text.subSequence(start, text.length())).toString();
    }

    /** Jinja's filter {@code indent}. */
    static Object indent(Call call) {
        String indent = call.indentation("width", 4);
        // A line end is added so that a last, empty line counts as well.
        String text = call.text() + "\n";
        Matcher lineEnd = LINE_END.matcher(text);
        BoundedText out = new BoundedText(call.budget());
        for (int start = 0; lineEnd.find(); start = lineEnd.end()) {
            String line = text.substring(start, lineEnd.start());
            boolean isIndented = start == 0 ? call.flag("first") : call.flag("blank") || !line.isEmpty();
            out.append(start == 0 ? "" : "\n").append(isIndented ? indent : "").append(line);
        }
        return out.toString();
    }

    /**
     * Python's {@code str.format} with fields <code>{}</code> only. Others, which in Python may access the host, are
     * refused.
     */
    static Object format(Call call) {
        Iterator<Object> values = call.arguments().positional().iterator();
        return BoundedText.replaced(call.text(), FIELD, call.budget(), field -> {
            boolean isBrace = field.group().equals("{{") || field.group().equals("}}");
            if (!isBrace && !(field.group().equals("{}") && values.hasNext())) {
                throw TemplateException.unsupported(
                        "the format '" + call.text() + "' with "
                                + call.arguments().positional().size() + " values",
                        "give a value for each field {}, and write other braces twice");
            }
            return isBrace ? field.group().substring(1) : call.str(values.next());
        });
    }

    /** Python's {@code str.capitalize}. */
    static String capitalize(String text) {
        return capitalized(ALL, text, PythonText::titleCase);
    }

    /** Python's {@code str.title}: capitalises each letter that does not follow a letter. */
    static String title(String text) {
        return capitalized(CASED_LETTERS, text, PythonText::titleCase);
    }

    /** Jinja's filter {@code title}: words begin only after white space, hyphens and opening brackets. */
    static String titleOfWords(String text) {
        return capitalized(TITLE_WORD, text, first -> first.toUpperCase(Locale.ROOT));
    }

    /** Capitalises the first character of each word, and writes the others in lower case. */
    private static String capitalized(Pattern words, String text, UnaryOperator<String> capital) {
        return words.matcher(text).replaceAll(word -> {
            int second = word.group().offsetByCodePoints(0, 1);
            String rest = word.group().substring(second).toLowerCase(Locale.ROOT);
            return Matcher.quoteReplacement(capital.apply(word.group().substring(0, second)) + rest);
        });
    }

    private static String titleCase(String first) {
        String upper = first.toUpperCase(Locale.ROOT);
        return upper.length() > first.length()
                ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
                : Character.toString(Character.toTitleCase(first.codePointAt(0)));
    }
}
