package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Python's operations on texts that differ from Java's. */
final class Texts {

    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{}|[{}]");

    private Texts() {}

    /** Python's {@code str.strip} of the argument {@code chars}, or of white space without it. */
    static Value strip(Call call, boolean atStart, boolean atEnd) {
        String text = call.text();
        IntPredicate stripped = PythonSpace::isSpace;
        if (call.has("chars")) {
            String characters = call.text("chars");
            call.budget().scan(characters.length());
            Set<Integer> each = characters.codePoints().boxed().collect(Collectors.toSet());
            stripped = each::contains;
        }
        call.budget().scan(text.length());
        int end = text.length();
        while (atEnd && end > 0 && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        int start = 0;
        while (atStart && start < end && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return call.made(text.substring(start, end));
    }

    /** Python's {@code str.split}. */
    static List<Value> split(Call call) {
        long limit = call.integer("maxsplit", -1);
        return call.has("sep")
                ? split(call.text(), call.text("sep"), limit, call.budget())
                : words(call.text(), limit, call.budget());
    }

    /** Splits at a separator, at most {@code limit} times unless that is negative. */
    static List<Value> split(String text, String separator, long limit, Budget budget) {
        if (separator.isEmpty()) {
            throw TemplateException.evaluation("empty separator");
        }
        List<Value> parts = new ArrayList<>();
        int start = 0;
        int found = 0;
        while (parts.size() != limit && (found = TextSearch.indexOf(text, separator, start, budget)) >= 0) {
            add(parts, text, start, found, budget);
            start = found + separator.length();
        }
        add(parts, text, start, text.length(), budget);
        return parts;
    }

    private static void add(List<Value> parts, String text, int start, int end, Budget budget) {
        budget.growTo(parts.size() + 1);
        budget.text(end - start);
        parts.add(new TextValue(text.substring(start, end)));
    }

    /** Splits at runs of white space; the rest after {@code limit} words stays unsplit. */
    private static List<Value> words(String text, long limit, Budget budget) {
        List<Value> parts = new ArrayList<>();
        int start = skip(text, 0, true);
        while (start < text.length() && parts.size() != limit) {
            int end = skip(text, start, false);
            add(parts, text, start, end, budget);
            start = skip(text, end, true);
        }
        if (start < text.length()) {
            add(parts, text, start, text.length(), budget);
        }
        return parts;
    }

    private static int skip(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && PythonSpace.isSpace(text.charAt(at)) == space) {
            at++;
        }
        return at;
    }

    /** Python's {@code str.splitlines}. */
    private static List<Value> lines(String text, Budget budget) {
        List<Value> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isLineEnd(text.charAt(i))) {
                int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
                add(parts, text, start, i, budget);
                start = end;
                i = end - 1;
            }
        }
        if (start < text.length()) {
            add(parts, text, start, text.length(), budget);
        }
        return parts;
    }

    private static boolean isLineEnd(int codePoint) {
        return switch (codePoint) {
            case '\n', '\r', 0x0b, '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    /** Python's {@code str.replace}: an empty text matches between all characters. */
    static Value replace(Call call) {
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
            int next = old.isEmpty() ? afterCodePoint(text, found) : start;
            found = next > text.length() ? -1 : TextSearch.indexOf(text, old, next, call.budget());
        }
        return new TextValue(out.append(text.subSequence(start, text.length())).toString());
    }

    private static int afterCodePoint(String text, int at) {
        return at == text.length() ? at + 1 : at + Character.charCount(text.codePointAt(at));
    }

    /** Jinja's filter {@code indent}. */
    static Value indent(Call call) {
        String indent = call.indentation("width", 4);
        BoundedText out = new BoundedText(call.budget());
        // A line end is added so that a last, empty line counts as well.
        List<Value> lines = lines(call.text() + "\n", call.budget());
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).text(call.budget());
            boolean isIndented = i == 0 ? call.flag("first") : call.flag("blank") || !line.isEmpty();
            out.append(i == 0 ? "" : "\n").append(isIndented ? indent : "").append(line);
        }
        return new TextValue(out.toString());
    }

    /**
     * Python's {@code str.format} with fields <code>{}</code> only. Others, which in Python may access the host, are
     * refused.
     */
    static Value format(Call call) {
        Matcher field = FIELD.matcher(call.text());
        Iterator<Value> values = call.arguments().positional().iterator();
        BoundedText out = new BoundedText(call.budget());
        int start = 0;
        for (; field.find(); start = field.end()) {
            out.append(call.text().subSequence(start, field.start()));
            if (field.group().equals("{}") && values.hasNext()) {
                out.append(values.next().text(call.budget()));
            } else if (field.group().length() == 2 && !field.group().equals("{}")) {
                out.append(field.group().substring(1));
            } else {
                throw TemplateException.unsupported(
                        "the format '" + call.text() + "' with "
                                + call.arguments().positional().size() + " values",
                        "give a value for each field {}, and write other braces twice");
            }
        }
        return new TextValue(out.append(call.text().substring(start)).toString());
    }

    /** Python's {@code str.capitalize}. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return titleCase(first) + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    /** Python's {@code str.title}: capitalises each letter that does not follow a letter. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean insideWord = false;
        for (int codePoint : text.codePoints().toArray()) {
            out.append(insideWord ? Character.toString(Character.toLowerCase(codePoint)) : titleCase(codePoint));
            insideWord = Character.isUpperCase(codePoint)
                    || Character.isLowerCase(codePoint)
                    || Character.isTitleCase(codePoint);
        }
        return out.toString();
    }

    private static String titleCase(int codePoint) {
        String upper = Character.toString(codePoint).toUpperCase(Locale.ROOT);
        return upper.length() > Character.charCount(codePoint)
                ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
                : Character.toString(Character.toTitleCase(codePoint));
    }

    /**
     * Jinja's filter {@code title}: unlike {@code str.title}, words begin only after white space, hyphens and opening
     * brackets.
     */
    static String titleOfWords(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || PythonSpace.isSpace(text.charAt(i)) || "-({[<".indexOf(text.charAt(i)) >= 0) {
                int second = start < i ? text.offsetByCodePoints(start, 1) : i;
                out.append(text.substring(start, second).toUpperCase(Locale.ROOT));
                out.append(text.substring(second, i).toLowerCase(Locale.ROOT));
                out.append(text, i, Math.min(i + 1, text.length()));
                start = i + 1;
            }
        }
        return out.toString();
    }
}
