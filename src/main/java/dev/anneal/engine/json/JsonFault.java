package dev.anneal.engine.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.MismatchedInputException;

/** What is wrong with a text that should be JSON, in words for its author: the parser's own speak of its features and classes. */
public final class JsonFault {

    private static final int LONGEST = 40;

    private JsonFault() {}

    /** The fault of a text that is not at hand, with its line and column. */
    public static String of(JacksonException fault) {
        String kind = kind(fault);
        TokenStreamLocation at = fault.getLocation();
        String place = at == null || at.getLineNr() < 1
                ? ""
                : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        return (kind == null ? "something else than JSON" : kind) + place;
    }

    /** The fault of a text, with its character, counted from 1. */
    public static String of(JacksonException fault, String text) {
        String kind = kind(fault);
        TokenStreamLocation at = fault.getLocation();
        if (at == null || at.getCharOffset() < 0 || at.getCharOffset() > text.length()) {
            return kind == null ? "something else than JSON" : kind;
        }
        int offset = (int) at.getCharOffset();
        if (kind != null) {
            return kind + atCharacter(offset);
        }
        // This is the one fault whose place is behind it.
        boolean isBehindWord = String.valueOf(fault.getOriginalMessage()).startsWith("Non-standard token");
        return unexpected(text, offset, isBehindWord);
    }

    /** What can be said without the text; null if that is nothing. */
    private static @Nullable String kind(JacksonException fault) {
        String message = String.valueOf(fault.getOriginalMessage());
        if (fault instanceof UnexpectedEndOfInputException || message.startsWith("No content")) {
            return "an end before the JSON is complete";
        }
        if (fault instanceof StreamConstraintsException) {
            return message.startsWith("Document nesting")
                    ? "deeper nesting than is read"
                    : "a key, number or text longer than is read";
        }
        if (fault instanceof MismatchedInputException) {
            return "more text behind the JSON";
        }
        if (message.contains("hex-digit")) {
            return "an escape \\u without four hexadecimal digits";
        }
        if (message.startsWith("Duplicate ")) {
            int from = message.indexOf('"');
            int to = message.lastIndexOf('"');
            return "the key \"" + (from < to ? shown(message.substring(from + 1, to)) : "") + "\" a second time";
        }
        return null;
    }

    private static String unexpected(String text, int offset, boolean isBehindWord) {
        int from = offset;
        while (isBehindWord && from > 0 && Character.isLetter(text.charAt(from - 1))) {
            from--;
        }
        int to = offset;
        while (to < text.length() && Character.isLetter(text.charAt(to))) {
            to++;
        }
        if (from > 0 && text.charAt(from - 1) == '\\') {
            return "the escape \\" + shown(text.substring(from, Math.max(to, offset + 1))) + atCharacter(from - 1);
        }
        if (from < to) {
            return "the word %s without quotes%s".formatted(shown(text.substring(from, to)), atCharacter(from));
        }
        if (offset == text.length()) {
            return "an end before the JSON is complete" + atCharacter(offset);
        }
        return described(text, offset) + atCharacter(offset);
    }

    private static String described(String text, int offset) {
        int c = text.codePointAt(offset);
        return switch (c) {
            case '\t' -> "a tab that is not written as \\t";
            case '\r' -> "a carriage return that is not written as \\r";
            case '\n' -> "a line feed that is not written as \\n";
            case '\'', '\u2018', '\u2019', '\u201c', '\u201d', '\u201e' ->
                "the quotation mark " + Character.toString(c) + ", where JSON takes \" alone";
            case '/' -> "a comment, which JSON does not have";
            case '}', ']' ->
                (isBehindComma(text, offset) ? "a comma before " : "an unexpected ") + Character.toString(c);
            default -> "an unexpected " + shown(Character.toString(c));
        };
    }

    private static boolean isBehindComma(String text, int offset) {
        return text.substring(0, offset).stripTrailing().endsWith(",");
    }

    private static String atCharacter(int offset) {
        return " at character " + (offset + 1);
    }

    /** A part of the text that fits into a line and a database. */
    private static String shown(String part) {
        StringBuilder shown = new StringBuilder();
        part.codePoints()
                .limit(LONGEST)
                .forEach(c -> shown.append(
                        Character.isISOControl(c)
                                        || !Character.isDefined(c)
                                        || Character.getType(c) == Character.SURROGATE
                                        || Character.getType(c) == Character.FORMAT
                                ? String.format("\\u%04x", c)
                                : Character.toString(c)));
        return part.codePointCount(0, part.length()) > LONGEST ? shown + "…" : shown.toString();
    }
}
