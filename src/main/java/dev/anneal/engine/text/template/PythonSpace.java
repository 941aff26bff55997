package dev.anneal.engine.text.template;

/**
 * White space as defined by Python's {@code str}, which unlike Java's includes no-break spaces. All of it is in the
 * Basic Multilingual Plane.
 */
public final class PythonSpace {

    /** All of it. */
    public static final String SPACES =
            " \t\n\u000b\f\r\u001c\u001d\u001e\u001f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004"
                    + "\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

    private PythonSpace() {}

    /** Python's {@code str.isspace} of one code point. */
    public static boolean isSpace(int codePoint) {
        return SPACES.indexOf(codePoint) >= 0;
    }

    /** Whether a text is empty or white space. */
    public static boolean isBlank(String text) {
        return start(text) == text.length();
    }

    /** End of the leading white space of a text. */
    public static int start(String text) {
        return start(text, 0);
    }

    /** End of the white space at a position of a text. */
    static int start(String text, int from) {
        int start = from;
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
