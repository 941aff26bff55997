package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Cuts the inside of one tag into tokens, up to the delimiter that closes it outside of all brackets. */
final class ExpressionLexer {

    private static final List<String> LONG_OPERATORS = List.of("**", "//", "==", "!=", "<=", ">=");
    private static final String SHORT_OPERATORS = "+-*/%~[](){}<>=.:|,;";

    private final Source source;
    private final List<Token> tokens;
    private final String delimiter;
    private final Deque<Character> closing = new ArrayDeque<>();

    ExpressionLexer(Source source, List<Token> tokens, String delimiter) {
        this.source = source;
        this.tokens = tokens;
        this.delimiter = delimiter;
    }

    void run() {
        source.skipSpace();
        while (!isClosed()) {
            token();
            source.skipSpace();
        }
    }

    /** Skips the delimiter with its sign if it stands here. */
    private boolean isClosed() {
        boolean isBlock = delimiter.equals("%}");
        char sign = source.signAt(source.position());
        boolean isSigned = sign == '-' || (isBlock && sign == '+');
        int start = source.position() + (isSigned ? 1 : 0);
        if (!closing.isEmpty() || !source.startsWith(delimiter, start)) {
            return false;
        }
        source.take(start + delimiter.length());
        if (isBlock || isSigned) {
            source.skipAfterBlock(sign);
        }
        return true;
    }

    private void token() {
        int start = source.position();
        char first = source.charAt(start);
        if (first == '\'' || first == '"') {
            string(first);
        } else if (isDigit(start)) {
            number();
        } else if (isWord(start)) {
            add(Kind.NAME, endOfWord(start));
        } else {
            operator(first);
        }
    }

    private void string(char quote) {
        int line = source.line();
        int end = source.position() + 1;
        while (source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
            if (end >= source.length()) {
                throw TemplateException.syntax(line, "a text in quotes that does not end");
            }
        }
        String literal = source.take(end + 1);
        String content = literal.substring(1, literal.length() - 1);
        tokens.add(new Token(Kind.STRING, StringLiteral.value(content, line), line));
    }

    /** After a point, as in {@code list.0.1}, digits are a position and no fraction. */
    private void number() {
        int start = source.position();
        int end = endOfWord(start);
        boolean isPosition = start > 0 && source.charAt(start - 1) == '.';
        int digits = endOfDigits(start);
        int fraction = source.charAt(digits) == '.' && isDigit(digits + 1) ? endOfDigits(digits + 1) : digits;
        int exponent = endOfExponent(fraction);
        if (!isPosition && exponent > digits) {
            add(Kind.FLOAT, exponent);
        } else {
            add(Kind.INTEGER, isPrefixed(start) ? end : digits);
        }
    }

    private boolean isPrefixed(int start) {
        return source.charAt(start) == '0' && "xXoObB".indexOf(source.charAt(start + 1)) >= 0;
    }

    private int endOfDigits(int start) {
        int end = start;
        while (isDigit(end) || (source.charAt(end) == '_' && isDigit(end + 1))) {
            end++;
        }
        return end;
    }

    private int endOfExponent(int start) {
        boolean hasLetter = source.charAt(start) == 'e' || source.charAt(start) == 'E';
        int digits = source.signAt(start + 1) == 0 ? start + 1 : start + 2;
        return hasLetter && isDigit(digits) ? endOfDigits(digits) : start;
    }

    private boolean isDigit(int at) {
        return source.charAt(at) >= '0' && source.charAt(at) <= '9';
    }

    private boolean isWord(int at) {
        return at < source.length() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_');
    }

    private int endOfWord(int start) {
        int end = start;
        while (isWord(end)) {
            end++;
        }
        return end;
    }

    private void operator(char first) {
        int start = source.position();
        if (start >= source.length()) {
            throw TemplateException.syntax(source.line(), "a tag that is not closed by " + delimiter);
        }
        for (String operator : LONG_OPERATORS) {
            if (source.startsWith(operator, start)) {
                add(Kind.OPERATOR, start + operator.length());
                return;
            }
        }
        if (SHORT_OPERATORS.indexOf(first) < 0) {
            throw TemplateException.syntax(source.line(), "unexpected char '" + first + "'");
        }
        balance(first);
        add(Kind.OPERATOR, start + 1);
    }

    private void balance(char operator) {
        switch (operator) {
            case '(' -> closing.push(')');
            case '[' -> closing.push(']');
            case '{' -> closing.push('}');
            case ')', ']', '}' -> {
                if (closing.isEmpty() || closing.pop() != operator) {
                    throw TemplateException.syntax(source.line(), "unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }

    private void add(Kind kind, int end) {
        int line = source.line();
        tokens.add(new Token(kind, source.take(end), line));
    }
}
