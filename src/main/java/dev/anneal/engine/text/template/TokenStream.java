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

    /** The current token; the next one becomes the current one. */
    Token next() {
        Token token = current();
        position = Math.min(position + 1, tokens.size() - 1);
        return token;
    }

    boolean isName(String name) {
        return current().is(Kind.NAME, name);
    }

    boolean isOperator(String operator) {
        return current().is(Kind.OPERATOR, operator);
    }

    boolean isAt(Kind kind) {
        return current().kind() == kind;
    }

    boolean skipName(String name) {
        return skipIf(isName(name));
    }

    boolean skipOperator(String operator) {
        return skipIf(isOperator(operator));
    }

    private boolean skipIf(boolean isThere) {
        if (isThere) {
            next();
        }
        return isThere;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    /** A comma, or this bracket, which is left as the current token. */
    void expectCommaOr(String close) {
        if (!isOperator(close)) {
            expectOperator(",");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    Token expect(Kind kind, String description) {
        if (!isAt(kind)) {
            throw unexpected(description);
        }
        return next();
    }

    /** The error of finding something else than what must stand here. */
    TemplateException unexpected(String wanted) {
        return failure("expected " + wanted + ", found " + current().shown());
    }

    TemplateException failure(String reason) {
        return TemplateException.syntax(current().line(), reason);
    }
}
