package dev.anneal.engine.text.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's escape sequences in quoted texts. */
final class StringLiteral {

    private static final Pattern ESCAPE =
            Pattern.compile("\\\\(?:(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|(.))", Pattern.DOTALL);

    private static final String NAMES = "ntrabfv\\'\"";
    private static final String MEANINGS = "\n\t\r\u0007\b\f\u000b\\'\"";

    private StringLiteral() {}

    /** The unescaped text. */
    static String value(String literal, int line) {
        Matcher escape = ESCAPE.matcher(literal);
        StringBuilder value = new StringBuilder();
        int start = 0;
        while (escape.find()) {
            value.append(literal, start, escape.start());
            start = escape.end();
            if (escape.group(1) == null) {
                value.append(meaning(escape.group(2).charAt(0), line));
            } else {
                long codePoint = Long.parseLong(escape.group(1).substring(1), 16);
                if (codePoint > Character.MAX_CODE_POINT) {
                    throw TemplateException.syntax(line, "an escape sequence that names no character");
                }
                value.appendCodePoint((int) codePoint);
            }
        }
        return value.append(literal, start, literal.length()).toString();
    }

    private static String meaning(char name, int line) {
        int known = NAMES.indexOf(name);
        if (known >= 0) {
            return MEANINGS.substring(known, known + 1);
        }
        if ((name >= '0' && name <= '7') || "xuUN".indexOf(name) >= 0) {
            throw TemplateException.syntax(
                    line,
                    "the escape sequence '\\" + name + "' is not supported here: write \\xhh, \\uhhhh or \\Uhhhhhhhh");
        }
        // A backslash before a line end continues the line; before any other character it is literal.
        return name == '\n' ? "" : "\\" + name;
    }
}
