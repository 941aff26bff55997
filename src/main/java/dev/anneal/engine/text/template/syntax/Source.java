package dev.anneal.engine.text.template.syntax;

/** The source of a template, a position in it, and the rules about white space around tags. */
final class Source {

    private final String text;
    private int position;
    private int line = 1;

    Source(String text) {
        this.text = text;
    }

    int length() {
        return text.length();
    }

    int position() {
        return position;
    }

    /** Line of the position, counted from 1. */
    int line() {
        return line;
    }

    /** The character there, or 0 beyond the end. */
    char charAt(int at) {
        return at < text.length() ? text.charAt(at) : 0;
    }

    boolean startsWith(String wanted, int at) {
        return text.startsWith(wanted, at);
    }

    int indexOf(String wanted) {
        return text.indexOf(wanted, position);
    }

    int indexOf(String wanted, int from) {
        return text.indexOf(wanted, from);
    }

    /** What lies between the position and this end, which becomes the position. */
    String take(int end) {
        String taken = text.substring(position, end);
        line += (int) taken.chars().filter(unit -> unit == '\n').count();
        position = end;
        return taken;
    }

    void skipSpace() {
        take(afterSpace(position));
    }

    private int afterSpace(int from) {
        int at = from;
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Position of the next tag of any kind, or -1. */
    int nextOpening() {
        for (int at = text.indexOf('{', position); at >= 0; at = text.indexOf('{', at + 1)) {
            if ("{%#".indexOf(charAt(at + 1)) >= 0 && at + 1 < text.length()) {
                return at;
            }
        }
        return -1;
    }

    /** The {@code -} or {@code +} of a tag, or 0. */
    char signAt(int at) {
        char sign = charAt(at);
        return sign == '-' || sign == '+' ? sign : 0;
    }

    /** Takes the text before a tag, without the white space that the tag removes. */
    String textBefore(int open, char sign, boolean isBlock) {
        boolean beganLine = position == 0 || text.charAt(position - 1) == '\n';
        String before = take(open);
        if (sign == '-') {
            return before.substring(0, endWithoutSpace(before, 0));
        }
        int lineStart = before.lastIndexOf('\n') + 1;
        boolean isIndentation = (lineStart > 0 || beganLine) && endWithoutSpace(before, lineStart) == lineStart;
        return isBlock && sign != '+' && isIndentation ? before.substring(0, lineStart) : before;
    }

    private static int endWithoutSpace(String text, int from) {
        int end = text.length();
        while (end > from && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Skips the white space that a closed block tag or comment removes. */
    void skipAfterBlock(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign == 0 && charAt(position) == '\n') {
            take(position + 1);
        }
    }

    /** After the opening of a block: skips {@code raw} and the end of its tag if they stand here. Its line end belongs to the raw text. */
    boolean skipRawTag() {
        int name = afterSpace(position);
        int close = text.startsWith("raw", name) ? afterSpace(name + "raw".length()) : text.length();
        boolean isTrimmed = text.startsWith("-%}", close);
        if (!isTrimmed && !text.startsWith("%}", close)) {
            return false;
        }
        take(isTrimmed ? close + 3 : close + 2);
        if (isTrimmed) {
            skipSpace();
        }
        return true;
    }

    boolean isEndOfRaw(int open) {
        return endOfRawName(open) >= 0;
    }

    /** Skips the {@code endraw} tag that begins here. */
    void skipEndOfRaw() {
        int close = endOfRawName(position);
        char sign = signAt(close);
        take(sign == 0 ? close + 2 : close + 3);
        skipAfterBlock(sign);
    }

    /** Where the tag is closed if it is {@code endraw}, else -1. */
    private int endOfRawName(int open) {
        int name = afterSpace(signAt(open + 2) == 0 ? open + 2 : open + 3);
        if (!text.startsWith("endraw", name)) {
            return -1;
        }
        int close = afterSpace(name + "endraw".length());
        return text.startsWith("%}", signAt(close) == 0 ? close : close + 1) ? close : -1;
    }

    /** Python's {@code \s}. */
    private static boolean isSpace(char unit) {
        return Character.isWhitespace(unit) || Character.isSpaceChar(unit) || unit == 0x85;
    }
}
