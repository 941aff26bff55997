package dev.anneal.engine.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the source of a template: texts, and the tokens of the tags between them. As in transformers, the line end
 * after a block tag and the spaces before it are removed ({@code trim_blocks}, {@code lstrip_blocks}), as is one line
 * end at the end of the template.
 */
class Scanner {

    static final Pattern STRING = Pattern.compile("(?s)'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"");
    static final Pattern INTEGER = Pattern.compile("[0-9]++");

    /** After a point, as in {@code list.0.1}, digits are an index and not a fraction. */
    static final Pattern FLOAT =
            Pattern.compile("(?<![.])[0-9]++(?:[.][0-9]++(?:[eE][+-]?[0-9]++)?+|[eE][+-]?[0-9]++)");

    static final Pattern NAME = Pattern.compile("(?![0-9])[\\p{L}\\p{Nd}_]++");

    /** A sign or {@code %} before the end of a tag belongs to that. */
    private static final Pattern TOKEN = Pattern.compile(STRING + "|" + FLOAT + "|" + INTEGER + "|" + NAME
            + "|(?!-}}|[-+]?%})(?:\\*\\*|//|[=!<>]=|[-+*/%~\\[\\](){}<>=.:|,;])");

    private static final Pattern TAG = Pattern.compile("\\{([{%#])([-+]?)");
    private static final Pattern COMMENT_END = Pattern.compile("([-+]?)#}");
    static final Pattern BLOCK_END = Pattern.compile("([-+]?)%}");
    static final Pattern OUTPUT_END = Pattern.compile("(-?)}}");

    /** Maximum nesting of expressions, and of blocks. */
    private static final int MAX_DEPTH = 60;

    private final String source;
    private final Map<String, Integer> depths = new HashMap<>();
    private int position;
    private int line = 1;
    private String token = "";

    Scanner(String source) {
        this.source = source.replaceAll("\r\n?", "\n").replaceFirst("\n\\z", "");
    }

    /** The line of the position. */
    final int line() {
        return line;
    }

    /** Reads the text before the next tag, without the white space that the tag removes. */
    final String text() {
        boolean beganLine = position == 0 || source.charAt(position - 1) == '\n';
        Matcher tag = TAG.matcher(source);
        if (!tag.find(position)) {
            return read(source.length());
        }
        String text = read(tag.start());
        int lineStart = text.lastIndexOf('\n') + 1;
        int end = PythonSpace.end(text, 0, text.length());
        boolean isIndented = end <= lineStart && (lineStart > 0 || beganLine);
        boolean isCut = isIndented && tag.group(2).isEmpty() && !tag.group(1).equals("{");
        return text.substring(0, tag.group(2).equals("-") ? end : isCut ? lineStart : text.length());
    }

    /**
     * Reads the opening of a tag, or a whole comment.
     *
     * @return the second character of the opening; empty at the end of the template
     */
    final String tag() {
        Matcher tag = at(TAG);
        String kind = tag.lookingAt() ? tag.group(1) : "";
        read(kind.isEmpty() ? position : tag.end());
        if (kind.equals("#")) {
            Matcher end = COMMENT_END.matcher(source);
            check(end.find(position), "Missing end of comment tag");
            close(end);
        } else {
            advance();
        }
        return kind;
    }

    /** Requires this end of a tag. */
    final void end(Pattern end) {
        Matcher found = at(end);
        check(found.lookingAt(), expected("the end of the tag"));
        close(found);
    }

    /** Skips the end of a tag, and the white space that it removes. */
    private void close(Matcher end) {
        read(end.end());
        boolean isRemoved = end.pattern() != OUTPUT_END && end.group(1).isEmpty() && source.startsWith("\n", position);
        read(end.group(1).equals("-") ? PythonSpace.start(source, position) : position + (isRemoved ? 1 : 0));
    }

    /** Moves to the next token. */
    private void advance() {
        read(PythonSpace.start(source, position));
        Matcher next = at(TOKEN);
        token = next.lookingAt() ? next.group() : "";
        boolean isOpen = token.isEmpty() && (source.startsWith("'", position) || source.startsWith("\"", position));
        check(!isOpen, "a text in quotes that does not end");
    }

    /** Reads up to a position. */
    private String read(int end) {
        String read = source.substring(position, end);
        line += (int) read.chars().filter(unit -> unit == '\n').count();
        position = end;
        return read;
    }

    /** A pattern to be matched at the position. */
    final Matcher at(Pattern pattern) {
        return pattern.matcher(source).region(position, source.length()).useTransparentBounds(true);
    }

    final boolean isAt(Pattern pattern) {
        return at(pattern).lookingAt();
    }

    /** Whether a tag ends here. */
    final boolean isAtEnd() {
        return isAt(BLOCK_END) || isAt(OUTPUT_END);
    }

    /** The current token; empty if there is none. */
    final String token() {
        return token;
    }

    /** Returns the current token and moves to the next one. */
    final String next() {
        String current = token;
        read(position + current.length());
        advance();
        return current;
    }

    /** Whether the current token is of this kind. */
    final boolean isA(Pattern kind) {
        return kind.matcher(token).matches();
    }

    /** Whether this name or operator is the current token. */
    final boolean is(String symbol) {
        return token.equals(symbol);
    }

    final boolean skip(String symbol) {
        return is(symbol) && next().equals(symbol);
    }

    final void expect(String symbol) {
        check(skip(symbol), expected("'" + symbol + "'"));
    }

    /** Requires a name, and returns it. */
    final String name(String description) {
        check(isA(NAME), expected(description));
        return next();
    }

    /** Reads elements that are separated by commas, up to this bracket. */
    final void list(String close, Runnable element) {
        while (!skip(close)) {
            element.run();
            if (!is(close)) {
                expect(",");
            }
        }
    }

    /** What is wrong with the current token. */
    final String expected(String wanted) {
        String found = "'" + (token.isEmpty() ? ahead(1) : token) + "'";
        String end = position == source.length() ? "the end of the template" : "the end of the tag";
        return "expected " + wanted + ", found " + (isAtEnd() || position == source.length() ? end : found);
    }

    /** The next characters, fewer at the end of the template. */
    final String ahead(int count) {
        return source.substring(position, Math.min(source.length(), position + count));
    }

    /** Parses what can be nested, up to {@link #MAX_DEPTH} of a kind. */
    final <T> T nested(String kind, Supplier<T> parse) {
        int depth = depths.merge(kind, 1, Integer::sum);
        check(depth <= MAX_DEPTH, "more than " + MAX_DEPTH + " " + kind + " inside one another");
        T parsed = parse.get();
        depths.merge(kind, -1, Integer::sum);
        return parsed;
    }

    /** Fails at the current line unless a condition holds. */
    final void check(boolean holds, String problem) {
        if (!holds) {
            throw failure(problem);
        }
    }

    final TemplateException failure(String problem) {
        return TemplateException.syntax(line, problem);
    }
}
