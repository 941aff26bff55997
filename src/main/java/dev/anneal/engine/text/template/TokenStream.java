package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Token.Kind;
import java.util.List;

/** Tokens with a position. */
final class TokenStream {

    private final List<Token> tokens;
    private int position;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    /** The token after the current one. */
    Token following() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    /** Returns the current token and advances. */
    Token next() {
        Token token = current();
        position = Math.min(position + 1, tokens.size() - 1);
        return token;
    }

    /** Whether this name or operator is the current token. */
    boolean is(String text) {
        return current().is(text);
    }

    boolean isAt(Kind kind) {
        return current().kind() == kind;
    }

    boolean skip(String text) {
        boolean isThere = is(text);
        if (isThere) {
            next();
        }
        return isThere;
    }

    void expect(String text) {
        if (!skip(text)) {
            throw unexpected("'" + text + "'");
        }
    }

    /** Requires a comma or this bracket, which remains the current token. */
    void expectCommaOr(String close) {
        if (!is(close)) {
            expect(",");
        }
    }

    Token expect(Kind kind, String description) {
        if (!isAt(kind)) {
            throw unexpected(description);
        }
        return next();
    }

    /** The error for an unexpected token. */
    TemplateException unexpected(String wanted) {
        return failure("expected " + wanted + ", found " + current().shown());
    }

    TemplateException failure(String reason) {
        return TemplateException.syntax(current().line(), reason);
    }
}
