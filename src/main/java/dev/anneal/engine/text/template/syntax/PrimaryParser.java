package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.program.ArgumentList;
import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.program.Operation;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses what stands between operators: literals and names, and the attributes, elements, calls, filters and tests behind them. */
final class PrimaryParser {

    /** Names that end a test, so that they are not taken for its argument. */
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is", "if", "in", "not");

    private static final int MAX_DIGITS = 250;

    private final TokenStream tokens;
    private final Names names;
    private final ExpressionParser expressions;

    PrimaryParser(TokenStream tokens, Names names, ExpressionParser expressions) {
        this.tokens = tokens;
        this.names = names;
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
                        NumberValue.of(Double.parseDouble(tokens.next().text().replace("_", ""))));
            case OPERATOR -> bracketed();
            default -> throw tokens.unexpected("an expression");
        };
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Literal(NumberValue.Bool.TRUE);
            case "false", "False" -> new Expression.Literal(NumberValue.Bool.FALSE);
            case "none", "None" -> new Expression.Literal(NoneValue.NONE);
            default -> {
                names.read(name);
                yield new Expression.Name(name);
            }
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
        String digits = token.text().replace("_", "").toLowerCase(Locale.ROOT);
        int base = digits.startsWith("0x") ? 16 : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
        if (digits.length() > MAX_DIGITS) {
            throw TemplateException.syntax(token.line(), "a number with more than " + MAX_DIGITS + " digits");
        }
        try {
            return NumberValue.of(new BigInteger(base == 10 ? digits : digits.substring(2), base));
        } catch (NumberFormatException notDigitsOfThisBase) {
            throw TemplateException.syntax(token.line(), "'" + token.text() + "' is not a number");
        }
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
            return new Expression.Sequence(true, List.of());
        }
        Expression inner = expressions.tupleOrExpression(expressions::expression);
        tokens.expectOperator(")");
        return inner;
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            items.add(expressions.expression());
            separatorOr("]");
        }
        return new Expression.Sequence(false, items);
    }

    private Expression mapping() {
        List<Expression.Mapping.Entry> entries = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            Expression key = expressions.expression();
            tokens.expectOperator(":");
            entries.add(new Expression.Mapping.Entry(key, expressions.expression()));
            separatorOr("}");
        }
        return new Expression.Mapping(entries);
    }

    private void separatorOr(String close) {
        if (!tokens.isOperator(close)) {
            tokens.expectOperator(",");
        }
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
        @Nullable Expression start = tokens.isOperator(":") ? null : expressions.expression();
        if (start != null && !tokens.isOperator(":")) {
            tokens.expectOperator("]");
            return new Expression.Element(object, start);
        }
        tokens.expectOperator(":");
        @Nullable Expression stop = tokens.isOperator(":") || tokens.isOperator("]") ? null : expressions.expression();
        boolean hasStep = tokens.skipOperator(":") && !tokens.isOperator("]");
        @Nullable Expression step = hasStep ? expressions.expression() : null;
        tokens.expectOperator("]");
        return new Expression.Part(object, start, stop, step);
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
        return isNegated ? new Operation.Not(test) : test;
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
            separatorOr(")");
        }
        return new ArgumentList(positional, named);
    }
}
