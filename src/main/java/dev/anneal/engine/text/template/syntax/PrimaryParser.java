package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.program.ArgumentList;
import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses what stands between operators: literals and names, and the attributes, elements, calls, filters and tests behind them. */
final class PrimaryParser {

    /** Names that end a test, so that they are not taken for its argument. */
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is", "if", "in", "not");

    private static final int MAX_DIGITS = 250;

    private static final Expression LEFT_OUT = new Expression.Literal(NoneValue.NONE);

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    PrimaryParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression primary() {
        Token token = tokens.current();
        return switch (token.kind()) {
            case NAME -> name(tokens.next().text());
            case STRING -> text();
            case INTEGER -> new Expression.Literal(integer(tokens.next()));
            case FLOAT ->
                new Expression.Literal(
                        NumberValue.of(Double.parseDouble(tokens.next().text())));
            case OPERATOR -> bracketed();
            default -> throw tokens.unexpected("an expression");
        };
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(NumberValue.TRUE);
            case "false", "False" -> new Expression.Literal(NumberValue.FALSE);
            case "none", "None" -> new Expression.Literal(NoneValue.NONE);
            default -> new Expression.Name(name);
        };
    }

    /** Texts that stand side by side are one. */
    private Expression text() {
        StringBuilder text = new StringBuilder(tokens.next().text());
        while (tokens.isAt(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return new Expression.Literal(new TextValue(text.toString()));
    }

    private static NumberValue integer(Token token) {
        if (token.text().length() > MAX_DIGITS) {
            throw TemplateException.syntax(token.line(), "a number with more than " + MAX_DIGITS + " digits");
        }
        return NumberValue.of(new BigInteger(token.text()));
    }

    private Expression bracketed() {
        if (tokens.skipOperator("(")) {
            return parenthesized();
        }
        if (tokens.skipOperator("[")) {
            return list();
        }
        if (tokens.skipOperator("{")) {
            return mapping();
        }
        throw tokens.unexpected("an expression");
    }

    private Expression parenthesized() {
        if (tokens.skipOperator(")")) {
            return new Expression.Sequence(ListValue.Kind.TUPLE, List.of());
        }
        Expression inner = expressions.tupleOrExpression(expressions::expression);
        tokens.expectOperator(")");
        return inner;
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            items.add(expressions.expression());
            tokens.expectCommaOr("]");
        }
        return new Expression.Sequence(ListValue.Kind.LIST, items);
    }

    private Expression mapping() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            tokens.expectCommaOr("}");
        }
        return new Expression.Mapping(keys, values);
    }

    /** Attributes, elements and calls. */
    Expression postfix(Expression operand) {
        Expression object = operand;
        while (tokens.isAt(Kind.OPERATOR)) {
            if (tokens.skipOperator(".")) {
                object = attribute(object);
            } else if (tokens.skipOperator("[")) {
                object = element(object);
            } else if (tokens.isOperator("(")) {
                object = new Expression.Call(object, arguments());
            } else {
                return object;
            }
        }
        return object;
    }

    private Expression attribute(Expression object) {
        if (tokens.isAt(Kind.INTEGER)) {
            return new Expression.Element(object, new Expression.Literal(integer(tokens.next())));
        }
        Token name = tokens.expect(Kind.NAME, "the name of an attribute");
        return new Expression.Attribute(object, new TextValue(name.text()));
    }

    private Expression element(Expression object) {
        Expression start = tokens.isOperator(":") ? LEFT_OUT : expressions.expression();
        if (tokens.skipOperator("]")) {
            return new Expression.Element(object, start);
        }
        tokens.expectOperator(":");
        Expression stop = bound();
        Expression step = tokens.skipOperator(":") ? bound() : LEFT_OUT;
        tokens.expectOperator("]");
        return new Expression.Part(object, start, stop, step);
    }

    private Expression bound() {
        return tokens.isOperator(":") || tokens.isOperator("]") ? LEFT_OUT : expressions.expression();
    }

    /** Filters, tests, and calls of what they give. */
    Expression filtersAndTests(Expression operand) {
        Expression input = operand;
        while (true) {
            if (tokens.skipOperator("|")) {
                input = filter(input);
            } else if (tokens.skipName("is")) {
                input = test(input);
            } else if (tokens.isOperator("(")) {
                input = new Expression.Call(input, arguments());
            } else {
                return input;
            }
        }
    }

    /** One filter, its name being the current token. */
    Expression.Filter filter(Expression input) {
        String name = dottedName();
        return new Expression.Filter(input, name, tokens.isOperator("(") ? arguments() : ArgumentList.NONE);
    }

    private Expression test(Expression input) {
        boolean isNegated = tokens.skipName("not");
        String name = dottedName();
        Expression test = new Expression.Test(input, name, testArguments());
        return isNegated ? new Expression.Not(test) : test;
    }

    /** Arguments in brackets, or a single one without them. */
    private ArgumentList testArguments() {
        if (tokens.isOperator("(")) {
            return arguments();
        }
        if (tokens.isName("is")) {
            throw tokens.failure("You cannot chain multiple tests with is");
        }
        boolean isBracket = tokens.isOperator("[") || tokens.isOperator("{");
        boolean isName =
                tokens.isAt(Kind.NAME) && !AFTER_TEST.contains(tokens.current().text());
        boolean isLiteral = tokens.isAt(Kind.STRING) || tokens.isAt(Kind.INTEGER) || tokens.isAt(Kind.FLOAT);
        return isBracket || isName || isLiteral
                ? new ArgumentList(List.of(postfix(primary())), Map.of())
                : ArgumentList.NONE;
    }

    private String dottedName() {
        StringBuilder name =
                new StringBuilder(tokens.expect(Kind.NAME, "a name").text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, "a name").text());
        }
        return name.toString();
    }

    /** Arguments in brackets: positional ones, then named ones. */
    ArgumentList arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            boolean isNamed = tokens.isAt(Kind.NAME) && tokens.following().is(Kind.OPERATOR, "=");
            if (isNamed) {
                String name = tokens.next().text();
                tokens.expectOperator("=");
                named.put(name, expressions.expression());
            } else if (named.isEmpty()) {
                positional.add(expressions.expression());
            } else {
                throw tokens.failure("a positional argument after a named one");
            }
            tokens.expectCommaOr(")");
        }
        return new ArgumentList(positional, named);
    }
}
