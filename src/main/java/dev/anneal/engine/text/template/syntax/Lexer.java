package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into tokens. As transformers sets Jinja up, the line end after a block tag and the spaces before it are not part of the text
 * ({@code trim_blocks}, {@code lstrip_blocks}), nor is one line end at the end of the template.
 */
final class Lexer {

    private final Source source;
    private final List<Token> tokens = new ArrayList<>();

    private Lexer(String text) {
        this.source = new Source(withoutLastLineEnd(text.replace("\r\n", "\n").replace('\r', '\n')));
    }

    /** All tokens, the last one being {@link Kind#END}. */
    static List<Token> tokens(String text) {
        Lexer lexer = new Lexer(text);
        lexer.run();
        return lexer.tokens;
    }

    private static String withoutLastLineEnd(String text) {
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private void run() {
        for (int open = source.nextOpening(); open >= 0; open = source.nextOpening()) {
            tag(open);
        }
        text(source.take(source.length()));
        add(Kind.END, "");
    }

    private void tag(int open) {
        char kind = source.charAt(open + 1);
        char sign = source.signAt(open + 2);
        String text = source.textBefore(open, sign, kind != '{');
        text(text);
        source.take(sign == 0 ? open + 2 : open + 3);
        switch (kind) {
            case '#' -> comment();
            case '%' -> block();
            default -> expression(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, "}}");
        }
    }

    private void comment() {
        int close = source.indexOf("#}");
        if (close < 0) {
            throw TemplateException.syntax(source.line(), "Missing end of comment tag");
        }
        char sign = close > source.position() ? source.signAt(close - 1) : 0;
        source.take(close + 2);
        source.skipAfterBlock(sign);
    }

    private void block() {
        if (source.skipRawTag()) {
            raw();
        } else {
            expression(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
        }
    }

    private void raw() {
        int line = source.line();
        for (int open = source.indexOf("{%"); open >= 0; open = source.indexOf("{%", open + 1)) {
            if (source.isEndOfRaw(open)) {
                text(source.textBefore(open, source.signAt(open + 2), true));
                source.take(open);
                source.skipEndOfRaw();
                return;
            }
        }
        throw TemplateException.syntax(line, "Missing end of raw directive");
    }

    private void expression(Kind begin, Kind end, String delimiter) {
        add(begin, "");
        new ExpressionLexer(source, tokens, delimiter).run();
        add(end, "");
    }

    private void text(String text) {
        if (!text.isEmpty()) {
            add(Kind.TEXT, text);
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, source.line()));
    }
}
