package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.TemplateException;

/** Escape sequences in a text in quotes, as Python reads them. */
final class StringLiteral {

    private static final int OCTAL_DIGITS = 3;

    private final String literal;
    private final int line;
    private final StringBuilder value = new StringBuilder();
    private int position;

    private StringLiteral(String literal, int line) {
        this.literal = literal;
        this.line = line;
    }

    /** The text that is meant. */
    static String value(String literal, int line) {
        return literal.indexOf('\\') < 0 ? literal : new StringLiteral(literal, line).read();
    }

    private String read() {
        while (position < literal.length()) {
            char unit = literal.charAt(position++);
            if (unit == '\\') {
                escape(literal.charAt(position++));
            } else {
                value.append(unit);
            }
        }
        return value.toString();
    }

    private void escape(char name) {
        switch (name) {
            case '\n' -> {} // A line that goes on in the next one.
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'v' -> value.append('\u000b');
            case '\\', '\'', '"' -> value.append(name);
            case 'x' -> codePoint(2);
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
            case 'N' -> throw TemplateException.syntax(line, "characters by name (\\N) are not supported");
            default -> value.append('\\').append(name);
        }
    }

    private void codePoint(int digits) {
        int end = position + digits;
        boolean isHexadecimal = end <= literal.length()
                && literal.substring(position, end).chars().allMatch(unit -> Character.digit(unit, 16) >= 0);
        long codePoint = isHexadecimal ? Long.parseLong(literal.substring(position, end), 16) : -1;
        if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
            throw TemplateException.syntax(line, "an escape sequence that names no character");
        }
        value.appendCodePoint((int) codePoint);
        position = end;
    }

    private void octal() {
        int start = position - 1;
        int end = position;
        while (end < literal.length() && end < start + OCTAL_DIGITS && Character.digit(literal.charAt(end), 8) >= 0) {
            end++;
        }
        value.append((char) Integer.parseInt(literal.substring(start, end), 8));
        position = end;
    }
}
