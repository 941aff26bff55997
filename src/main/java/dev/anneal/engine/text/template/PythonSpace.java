package dev.anneal.engine.text.template;

/**
 * White space as defined by Python's {@code str}, which unlike Java's includes no-break spaces. All of it is in the
 * Basic Multilingual Plane.
 */
public final class PythonSpace {

    private PythonSpace() {}

    /** Python's {@code str.isspace} of one code point. */
    public static boolean isSpace(int codePoint) {
        return switch (codePoint) {
            case ' ', '\t', '\n', 0x0b, '\f', '\r', 0x1c, 0x1d, 0x1e, 0x1f, 0x85, 0xa0 -> true;
            case 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200a;
        };
    }

    /** Whether a text is empty or white space. */
    public static boolean isBlank(String text) {
        return start(text) == text.length();
    }

    /** End of the leading white space of a text. */
    public static int start(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return start;
    }

    /** Start of the trailing white space of a part of a text. */
    public static int end(String text, int from, int to) {
        int end = to;
        while (end > from && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Python's {@code str.strip}. */
    public static String strip(String text) {
        int start = start(text);
        return text.substring(start, end(text, start, text.length()));
    }
}
