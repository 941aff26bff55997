package dev.anneal.engine.format.json;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;

/** The facts in a message of the parser. */
record ParserMessage(String text) {

    private static final Pattern WORD = Pattern.compile("(?:Unrecognized|Non-standard) token '([^']*)'");
    private static final String NON_STANDARD = "Non-standard token";
    private static final Pattern CHARACTER =
            Pattern.compile("\\(code (\\d+)|CTRL-CHAR, code (\\d+)|close marker '(.)'");
    private static final Pattern LIMIT = Pattern.compile("maximum allowed \\((\\d+)");
    private static final Pattern TOKEN = Pattern.compile("Current token \\((\\w+)\\)");

    static ParserMessage of(JacksonException fault) {
        return new ParserMessage(String.valueOf(fault.getOriginalMessage()));
    }

    boolean startsWith(String beginning) {
        return text.startsWith(beginning);
    }

    boolean contains(String part) {
        return text.contains(part);
    }

    /** The word without quotes; empty if there is none. */
    String word() {
        return group(WORD);
    }

    /** Letters of the word before the position of the fault, which for this fault is after the word. */
    int lettersBefore() {
        return text.startsWith(NON_STANDARD) ? word().length() : 0;
    }

    /** Code point of the character at which the parser stopped, or -1. */
    int character() {
        Matcher matcher = CHARACTER.matcher(text);
        if (!matcher.find()) {
            return -1;
        }
        if (matcher.group(3) != null) {
            return matcher.group(3).codePointAt(0);
        }
        return Integer.parseInt(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }

    /** The limit that was exceeded; empty if none is named. */
    String limit() {
        String digits = group(LIMIT);
        return digits.isEmpty() ? "" : "%,d".formatted(Long.parseLong(digits));
    }

    String quotedKey() {
        int from = text.indexOf('"');
        int to = text.lastIndexOf('"');
        return from < to ? text.substring(from + 1, to) : "";
    }

    /** The kind of value found instead of the expected one; empty for other faults. */
    String otherType() {
        String token = group(TOKEN);
        return token.isEmpty() ? "" : JsonKinds.of(JsonToken.valueOf(token));
    }

    private String group(Pattern pattern) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }
}
