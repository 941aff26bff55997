package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens. As in transformers, the line end after a block tag and the spaces before it are
 * removed ({@code trim_blocks}, {@code lstrip_blocks}), as is one line end at the end of the template.
 */
final class Lexer {

    private static final List<String> LONG_OPERATORS = List.of("**", "//", "==", "!=", "<=", ">=");
    private static final String SHORT_OPERATORS = "+-*/%~[](){}<>=.:|,;";
    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";
    private static final Pattern NUMBER = Pattern.compile("[0-9]++((?:\\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+)");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;

    private Lexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    /** All tokens, the last one being {@link Kind#END}. */
    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source);
        for (int open = lexer.nextOpening(); open >= 0; open = lexer.nextOpening()) {
            lexer.tag(open);
        }
        lexer.text(lexer.take(lexer.source.length()));
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    /** Position of the next tag of any kind, or -1. */
    private int nextOpening() {
        int at = source.indexOf('{', position);
        while (at >= 0 && "{%#".indexOf(charAt(at + 1)) < 0) {
            at = source.indexOf('{', at + 1);
        }
        return at;
    }

    private void tag(int open) {
        char kind = charAt(open + 1);
        char sign = signAt(open + 2);
        text(textBefore(open, sign, kind != '{'));
        take(sign == 0 ? open + 2 : open + 3);
        switch (kind) {
            case '#' -> comment();
            case '%' -> expression(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
            default -> expression(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, "}}");
        }
    }

    /** Reads the text before a tag, without the white space that the tag removes. */
    private String textBefore(int open, char sign, boolean isBlock) {
        boolean beganLine = position == 0 || source.charAt(position - 1) == '\n';
        String before = take(open);
        if (sign == '-') {
            return before.substring(0, PythonSpace.end(before, 0, before.length()));
        }
        int lineStart = before.lastIndexOf('\n') + 1;
        boolean isIndentation =
                (lineStart > 0 || beganLine) && PythonSpace.end(before, lineStart, before.length()) == lineStart;
        return isBlock && sign != '+' && isIndentation ? before.substring(0, lineStart) : before;
    }

    private void comment() {
        int close = source.indexOf("#}", position);
        if (close < 0) {
            throw failure("Missing end of comment tag");
        }
        char sign = close > position ? signAt(close - 1) : 0;
        take(close + 2);
        skipAfterBlock(sign);
    }

    /** Skips the white space that a closed block tag or comment removes. */
    private void skipAfterBlock(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign == 0 && charAt(position) == '\n') {
            take(position + 1);
        }
    }

    /** Reads the inside of a tag, up to its closing delimiter outside of brackets. */
    private void expression(Kind begin, Kind end, String delimiter) {
        Deque<Character> closing = new ArrayDeque<>();
        add(begin, "");
        skipSpace();
        while (!(closing.isEmpty() && isClosed(delimiter))) {
            token(delimiter, closing);
            skipSpace();
        }
        add(end, "");
    }

    /** Skips the delimiter with its sign if it is next. */
    private boolean isClosed(String delimiter) {
        boolean isBlock = delimiter.equals("%}");
        char sign = signAt(position);
        boolean isSigned = sign == '-' || (isBlock && sign == '+');
        int start = position + (isSigned ? 1 : 0);
        if (!source.startsWith(delimiter, start)) {
            return false;
        }
        take(start + delimiter.length());
        if (isBlock || isSigned) {
            skipAfterBlock(sign);
        }
        return true;
    }

    private void token(String delimiter, Deque<Character> closing) {
        char first = charAt(position);
        if (position >= source.length()) {
            throw failure("a tag that is not closed by " + delimiter);
        } else if (first == '\'' || first == '"') {
            string(first);
        } else if (first >= '0' && first <= '9') {
            number();
        } else if (isWord(position)) {
            word();
        } else {
            operator(first, closing);
        }
    }

    private void string(char quote) {
        int start = line;
        int end = position + 1;
        while (charAt(end) != quote) {
            end += charAt(end) == '\\' ? 2 : 1;
            if (end >= source.length()) {
                throw failure("a text in quotes that does not end");
            }
        }
        String literal = take(end + 1);
        String content = literal.substring(1, literal.length() - 1);
        tokens.add(new Token(Kind.STRING, StringLiteral.value(content, start), start));
    }

    /** Reads a number. After a point, as in {@code list.0.1}, digits are an index and not a fraction. */
    private void number() {
        boolean isPosition = position > 0 && source.charAt(position - 1) == '.';
        Matcher number = NUMBER.matcher(source).region(position, source.length());
        number.lookingAt();
        boolean isFloat = !isPosition && number.end(1) > number.start(1);
        int end = isFloat ? number.end() : number.start(1);
        boolean isOctal = !isFloat && charAt(position) == '0' && end > position + 1;
        boolean isPrefix = charAt(position) == '0' && end == position + 1 && "xXoObB".indexOf(charAt(end)) >= 0;
        if (isOctal || (isPrefix && isWord(end)) || charAt(end) == '_') {
            throw failure("a number that begins with '" + source.substring(position, position + 2)
                    + "' is not supported here: write it in decimal digits");
        }
        add(isFloat ? Kind.FLOAT : Kind.INTEGER, take(end));
    }

    private void word() {
        int end = position;
        while (isWord(end)) {
            end++;
        }
        String word = take(end);
        if (word.equals("raw") && tokens.get(tokens.size() - 1).kind() == Kind.BLOCK_BEGIN) {
            throw failure("the tag 'raw' is not supported here: print braces as texts, as in {{ '{{' }}");
        }
        add(Kind.NAME, word);
    }

    private void operator(char first, Deque<Character> closing) {
        for (String operator : LONG_OPERATORS) {
            if (source.startsWith(operator, position)) {
                add(Kind.OPERATOR, take(position + operator.length()));
                return;
            }
        }
        if (SHORT_OPERATORS.indexOf(first) < 0) {
            throw failure("unexpected char '" + first + "'");
        }
        if (OPENING.indexOf(first) >= 0) {
            closing.push(CLOSING.charAt(OPENING.indexOf(first)));
        } else if (CLOSING.indexOf(first) >= 0 && (closing.isEmpty() || closing.pop() != first)) {
            throw failure("unexpected '" + first + "'");
        }
        add(Kind.OPERATOR, take(position + 1));
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            add(Kind.TEXT, text);
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    /** Reads the text up to this end, which becomes the position. */
    private String take(int end) {
        String taken = source.substring(position, end);
        line += (int) taken.chars().filter(unit -> unit == '\n').count();
        position = end;
        return taken;
    }

    private void skipSpace() {
        int at = position;
        while (at < source.length() && PythonSpace.isSpace(source.charAt(at))) {
            at++;
        }
        take(at);
    }

    /** The character at an index, or 0 beyond the end. */
    private char charAt(int at) {
        return at < source.length() ? source.charAt(at) : 0;
    }

    /** The {@code -} or {@code +} of a tag, or 0. */
    private char signAt(int at) {
        char sign = charAt(at);
        return sign == '-' || sign == '+' ? sign : 0;
    }

    private boolean isWord(int at) {
        return at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_');
    }

    private TemplateException failure(String reason) {
        return TemplateException.syntax(line, reason);
    }
}
