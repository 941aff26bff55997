package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.TextSearch;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** What Python does with texts where Java does something else. */
final class Texts {

    private Texts() {}

    private static boolean isLineEnd(int codePoint) {
        return switch (codePoint) {
            case '\n', '\r', 0x0b, '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
            default -> false;
        };
    }

    /** Whether these code points are stripped: white space if no characters are named. */
    static IntPredicate stripped(BoundArguments arguments) {
        if (!arguments.has("chars")) {
            return PythonSpace::isSpace;
        }
        String characters = arguments.text("chars");
        return codePoint -> characters.indexOf(codePoint) >= 0;
    }

    static String stripStart(String text, IntPredicate stripped) {
        int start = 0;
        while (start < text.length() && stripped.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        return text.substring(start);
    }

    static String stripEnd(String text, IntPredicate stripped) {
        int end = text.length();
        while (end > 0 && stripped.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(0, end);
    }

    /** Splits at a separator, at most {@code limit} times unless that is negative. */
    static List<Value> split(String text, String separator, long limit, Environment environment) {
        requireSeparator(separator);
        Parts parts = new Parts(text, environment);
        int start = 0;
        int found;
        while (parts.count() != limit
                && (found = TextSearch.indexOf(text, separator, start, environment.budget())) >= 0) {
            parts.add(start, found);
            start = found + separator.length();
        }
        parts.add(start, text.length());
        return parts.list();
    }

    /** Splits at a separator from the end, at most {@code limit} times unless that is negative. */
    static List<Value> splitFromEnd(String text, String separator, long limit, Environment environment) {
        if (limit < 0) {
            return split(text, separator, limit, environment);
        }
        requireSeparator(separator);
        Parts parts = new Parts(text, environment);
        int end = text.length();
        int found;
        while (parts.count() != limit
                && (found = TextSearch.lastIndexOf(text, separator, end, environment.budget())) >= 0) {
            parts.add(found + separator.length(), end);
            end = found;
        }
        parts.add(0, end);
        return parts.reversed();
    }

    private static void requireSeparator(String separator) {
        if (separator.isEmpty()) {
            throw TemplateException.evaluation("empty separator");
        }
    }

    /** Splits at runs of white space; what is left after {@code limit} words stays as it is. */
    static List<Value> words(String text, long limit, Environment environment) {
        Parts parts = new Parts(text, environment);
        int start = skip(text, 0, true);
        while (start < text.length() && parts.count() != limit) {
            int end = skip(text, start, false);
            parts.add(start, end);
            start = skip(text, end, true);
        }
        if (start < text.length()) {
            parts.add(start, text.length());
        }
        return parts.list();
    }

    /** Splits at runs of white space from the end. */
    static List<Value> wordsFromEnd(String text, long limit, Environment environment) {
        Parts parts = new Parts(text, environment);
        int end = skipBack(text, text.length(), true);
        while (end > 0 && parts.count() != limit) {
            int start = skipBack(text, end, false);
            parts.add(start, end);
            end = skipBack(text, start, true);
        }
        if (end > 0) {
            parts.add(0, end);
        }
        return parts.reversed();
    }

    private static int skip(String text, int from, boolean space) {
        int at = from;
        while (at < text.length() && PythonSpace.isSpace(text.charAt(at)) == space) {
            at++;
        }
        return at;
    }

    private static int skipBack(String text, int from, boolean space) {
        int at = from;
        while (at > 0 && PythonSpace.isSpace(text.charAt(at - 1)) == space) {
            at--;
        }
        return at;
    }

    /** Python's {@code str.splitlines}. */
    static List<Value> lines(String text, boolean keepEnds, Environment environment) {
        Parts parts = new Parts(text, environment);
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isLineEnd(text.charAt(i))) {
                int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
                parts.add(start, keepEnds ? end : i);
                start = end;
                i = end - 1;
            }
        }
        if (start < text.length()) {
            parts.add(start, text.length());
        }
        return parts.list();
    }

    /** Replaces at most {@code limit} occurrences unless that is negative; an empty one stands between any two characters. */
    static String replace(String text, String old, String replacement, long limit, Budget budget) {
        BoundedText out = new BoundedText(budget);
        long left = limit < 0 ? Long.MAX_VALUE : limit;
        int start = 0;
        int found = TextSearch.indexOf(text, old, 0, budget);
        while (found >= 0 && left-- > 0) {
            out.append(text.subSequence(start, found)).append(replacement);
            start = found + old.length();
            int next = old.isEmpty() ? afterCodePoint(text, found) : start;
            found = next > text.length() ? -1 : TextSearch.indexOf(text, old, next, budget);
        }
        return out.append(text.subSequence(start, text.length())).toString();
    }

    private static int afterCodePoint(String text, int at) {
        return at == text.length() ? at + 1 : at + Character.charCount(text.codePointAt(at));
    }

    /** Python's {@code str.capitalize}. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        String rest = text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
        return titleCase(first) + rest;
    }

    /** Python's {@code str.title}: a letter after anything but a letter is a capital. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean insideWord = false;
        for (int codePoint : text.codePoints().toArray()) {
            out.append(insideWord ? Character.toString(Character.toLowerCase(codePoint)) : titleCase(codePoint));
            insideWord = isCased(codePoint);
        }
        return out.toString();
    }

    static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    private static String titleCase(int codePoint) {
        int title = Character.toTitleCase(codePoint);
        String upper = Character.toString(codePoint).toUpperCase(Locale.ROOT);
        return upper.length() > Character.charCount(codePoint)
                ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
                : Character.toString(title);
    }

    /** Whether there is a letter with a case, and all of them have this one. */
    static boolean hasCase(String text, IntPredicate wanted) {
        return text.codePoints().anyMatch(Texts::isCased)
                && text.codePoints().filter(Texts::isCased).allMatch(wanted);
    }

    /** Python's {@code str.center}, {@code ljust} and {@code rjust}, filled with one character. */
    static String pad(String text, long width, Padding padding, String fill, Budget budget) {
        long missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        if (fill.codePointCount(0, fill.length()) != 1) {
            throw TemplateException.evaluation("The fill character must be exactly one character long");
        }
        budget.text(text.length() + missing * fill.length());
        int left = (int) padding.left(missing, width);
        return fill.repeat(left) + text + fill.repeat((int) missing - left);
    }

    /** Where padding goes. */
    enum Padding {
        LEFT,
        RIGHT,
        BOTH;

        /** Share of the missing characters that stands on the left; an odd one goes where Python puts it. */
        long left(long missing, long width) {
            return switch (this) {
                case LEFT -> missing;
                case RIGHT -> 0;
                case BOTH -> missing / 2 + (missing & width & 1);
            };
        }
    }
}
