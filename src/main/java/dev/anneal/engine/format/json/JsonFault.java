package dev.anneal.engine.format.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DatabindException;

/** Describes faults of invalid JSON for its author. The parser's own messages name its features and classes. */
public final class JsonFault {

    private static final int LONGEST = 40;

    private JsonFault() {}

    /** A fault with line and column, for a text that the caller does not have. */
    public static String of(JacksonException fault) {
        ParserMessage message = ParserMessage.of(fault);
        String kind = kind(fault, message);
        TokenStreamLocation at = fault.getLocation();
        String place = at == null || at.getLineNr() < 1
                ? ""
                : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr() - message.lettersBefore());
        return (kind == null ? named(message) : kind) + place;
    }

    /** A fault with the position of its character, from 1. */
    public static String of(JacksonException fault, String text) {
        ParserMessage message = ParserMessage.of(fault);
        String kind = kind(fault, message);
        TokenStreamLocation at = fault.getLocation();
        if (at == null || at.getCharOffset() < 0 || at.getCharOffset() > text.length()) {
            return kind == null ? named(message) : kind;
        }
        int offset = (int) at.getCharOffset();
        if (kind != null) {
            return kind + atCharacter(offset);
        }
        return unexpected(text, offset, message.lettersBefore() > 0);
    }

    /** The fault, if it can be described without the text; otherwise null. */
    private static @Nullable String kind(JacksonException fault, ParserMessage message) {
        if (fault instanceof UnexpectedEndOfInputException || message.startsWith("No content")) {
            return "an end before the JSON is complete";
        }
        if (fault instanceof StreamConstraintsException) {
            String limit = message.limit();
            return message.startsWith("Document nesting")
                    ? "deeper nesting than %s".formatted(limit.isEmpty() ? "is read" : "the " + limit + " levels read")
                    : "a key, number or text longer than %s"
                            .formatted(limit.isEmpty() ? "is read" : "the " + limit + " characters read");
        }
        if (message.startsWith("Trailing token")) {
            return "more text behind the JSON";
        }
        String otherType = message.otherType();
        if (fault instanceof DatabindException || !otherType.isEmpty()) {
            return otherType.isEmpty()
                    ? "a value of another type than is read"
                    : otherType + " in the place of another value";
        }
        if (message.contains("hex-digit")) {
            return "an escape \\u without four hexadecimal digits";
        }
        return message.startsWith("Duplicate ") ? "the key \"" + shown(message.quotedKey()) + "\" a second time" : null;
    }

    /** The fault named by the parser's message. */
    private static String named(ParserMessage message) {
        if (message.startsWith("Invalid UTF-")) {
            return "text that is not UTF-8";
        }
        if (message.contains("Leading zeroes")) {
            return "a number that begins with 0";
        }
        String word = message.word();
        if (!word.isEmpty()) {
            return withoutQuotes(word);
        }
        int c = message.character();
        if (message.startsWith("Unrecognized character escape")) {
            return "the escape \\" + shown(Character.toString(c));
        }
        boolean isKey = message.contains("to start property name");
        if (isKey && Character.isLetter(c)) {
            return "a key without quotes";
        }
        return c < 0 ? "something other than JSON" : described(c, isKey);
    }

    private static String withoutQuotes(String word) {
        return "the word " + shown(word) + " without quotes";
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
            return withoutQuotes(text.substring(from, to)) + atCharacter(from);
        }
        if (offset == text.length()) {
            return "an end before the JSON is complete" + atCharacter(offset);
        }
        String found = text.charAt(offset) == '/'
                ? slash(text, offset)
                : described(text.codePointAt(offset), isBehindComma(text, offset));
        return found + atCharacter(offset);
    }

    private static String slash(String text, int offset) {
        boolean isComment = text.startsWith("//", offset) || text.startsWith("/*", offset);
        return isComment ? "a comment, which JSON does not have" : "an unexpected /";
    }

    private static String described(int c, boolean isBehindComma) {
        return switch (c) {
            case '\t' -> "a tab that is not written as \\t";
            case '\r' -> "a carriage return that is not written as \\r";
            case '\n' -> "a line feed that is not written as \\n";
            case '\'', '\u2018', '\u2019', '\u201c', '\u201d', '\u201e' ->
                "the quotation mark " + Character.toString(c) + ", where JSON takes \" alone";
            case '/' -> "an unexpected / (JSON has no comments)";
            case '}', ']' -> (isBehindComma ? "a comma before " : "an unexpected ") + Character.toString(c);
            default -> "an unexpected " + shown(Character.toString(c));
        };
    }

    private static boolean isBehindComma(String text, int offset) {
        return text.substring(0, offset).stripTrailing().endsWith(",");
    }

    private static String atCharacter(int offset) {
        return " at character " + (offset + 1);
    }

    /** A part of the text, shortened for a line and a database. */
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
