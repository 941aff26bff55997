package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Token.Kind;
import dev.anneal.engine.text.template.value.Access;
import dev.anneal.engine.text.template.value.Callable;
import dev.anneal.engine.text.template.value.Callable.Arguments;
import dev.anneal.engine.text.template.value.Filters;
import dev.anneal.engine.text.template.value.NoneType;
import dev.anneal.engine.text.template.value.Numbers;
import dev.anneal.engine.text.template.value.Python;
import dev.anneal.engine.text.template.value.Sequence;
import dev.anneal.engine.text.template.value.Slice;
import dev.anneal.engine.text.template.value.Tests;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Parses operands: literals and names, with the attributes, elements, calls, filters and tests that follow them. */
final class PrimaryParser {

    private static final int MAX_DIGITS = 250;

    /** Names that end a test and are not its argument. */
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is", "if", "in", "not");

    private static final Expression NONE = constant(NoneType.NONE);

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
            case STRING -> constant(text());
            case INTEGER -> constant(integer(tokens.next()));
            case FLOAT -> constant(Double.valueOf(tokens.next().text()));
            case OPERATOR -> bracketed();
            default -> throw tokens.unexpected("an expression");
        };
    }

    private static Expression constant(Object value) {
        return context -> value;
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> constant(true);
            case "false", "False" -> constant(false);
            case "none", "None" -> NONE;
            default -> context -> context.variable(name);
        };
    }

    /** Adjacent texts are concatenated. */
    private String text() {
        StringBuilder text = new StringBuilder();
        while (tokens.isAt(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    private static Object integer(Token token) {
        if (token.text().length() > MAX_DIGITS) {
            throw TemplateException.syntax(token.line(), "a number with more than " + MAX_DIGITS + " digits");
        }
        return Numbers.integer(new BigInteger(token.text()));
    }

    /** A list or tuple. */
    static Expression sequence(String typeName, List<Expression> items) {
        return context -> {
            context.budget().elements(items.size());
            return Sequence.of(typeName, context.evaluate(items));
        };
    }

    private Expression bracketed() {
        if (tokens.skip("(")) {
            Expression inner = tokens.is(")")
                    ? sequence("tuple", List.of())
                    : expressions.tupleOrExpression(expressions::expression);
            tokens.expect(")");
            return inner;
        }
        if (tokens.skip("{")) {
            return mapping();
        }
        tokens.expect("[");
        List<Expression> items = new ArrayList<>();
        while (!tokens.skip("]")) {
            items.add(expressions.expression());
            tokens.expectCommaOr("]");
        }
        return sequence("list", items);
    }

    private Expression mapping() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skip("}")) {
            keys.add(expressions.expression());
            tokens.expect(":");
            values.add(expressions.expression());
            tokens.expectCommaOr("}");
        }
        return context -> {
            Map<Object, Object> entries = new LinkedHashMap<>();
            context.budget().elements(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                Object key = Python.key(context.evaluate(keys.get(i)), context.budget());
                entries.put(key, context.evaluate(values.get(i)));
            }
            return entries;
        };
    }

    /** Attributes, elements and calls. */
    Expression postfix(Expression operand) {
        Expression expression = operand;
        while (true) {
            Expression object = expression;
            if (tokens.skip(".")) {
                expression = attribute(object);
            } else if (tokens.skip("[")) {
                expression = element(object);
            } else if (tokens.is("(")) {
                expression = call(object);
            } else {
                return object;
            }
        }
    }

    private Expression call(Expression function) {
        Function<Context, Arguments> arguments = arguments();
        return context -> {
            Object called = context.evaluate(function);
            Arguments given = arguments.apply(context);
            if (!(called instanceof Callable callable)) {
                throw Python.failure(called, "'" + Python.typeName(called) + "' object is not callable");
            }
            return callable.call(given);
        };
    }

    private Expression attribute(Expression object) {
        if (tokens.isAt(Kind.INTEGER)) {
            Object position = integer(tokens.next());
            return context -> Access.element(context.evaluate(object), position, context.budget());
        }
        String name = tokens.expect(Kind.NAME, "the name of an attribute").text();
        return context -> Access.attribute(context.evaluate(object), name, context.budget());
    }

    private Expression element(Expression object) {
        Expression start = tokens.is(":") ? NONE : expressions.expression();
        if (tokens.skip("]")) {
            return context -> Access.element(context.evaluate(object), context.evaluate(start), context.budget());
        }
        tokens.expect(":");
        Expression stop = bound();
        Expression step = tokens.skip(":") ? bound() : NONE;
        tokens.expect("]");
        return context -> {
            Slice slice = new Slice(context.evaluate(start), context.evaluate(stop), context.evaluate(step));
            return slice.of(context.evaluate(object), context.budget());
        };
    }

    private Expression bound() {
        return tokens.is(":") || tokens.is("]") ? NONE : expressions.expression();
    }

    /** Filters, tests, and calls of their results. */
    Expression filtersAndTests(Expression operand) {
        Expression input = operand;
        while (true) {
            if (tokens.skip("|")) {
                input = filter().apply(input);
            } else if (tokens.skip("is")) {
                input = test(input);
            } else if (tokens.is("(")) {
                input = call(input);
            } else {
                return input;
            }
        }
    }

    /** One filter without its {@code |}. */
    UnaryOperator<Expression> filter() {
        String name = tokens.expect(Kind.NAME, "a name").text();
        Function<Context, Arguments> arguments = tokens.is("(") ? arguments() : arguments(List.of(), Map.of());
        return input -> context -> {
            Object value = context.evaluate(input);
            return Filters.get(name).apply(value, arguments.apply(context), context.budget());
        };
    }

    private Expression test(Expression input) {
        boolean isNegated = tokens.skip("not");
        String name = tokens.expect(Kind.NAME, "a name").text();
        Function<Context, Arguments> arguments = testArguments();
        Expression test = context -> {
            Object value = context.evaluate(input);
            return Tests.get(name).apply(value, arguments.apply(context), context.budget());
        };
        return isNegated ? ExpressionParser.not(test) : test;
    }

    /** Arguments in brackets, or a single one without them. */
    private Function<Context, Arguments> testArguments() {
        if (tokens.is("(")) {
            return arguments();
        }
        if (tokens.is("is")) {
            throw tokens.failure("You cannot chain multiple tests with is");
        }
        boolean isArgument = switch (tokens.current().kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !AFTER_TEST.contains(tokens.current().text());
            default -> tokens.is("[") || tokens.is("{");
        };
        return isArgument ? arguments(List.of(postfix(primary())), Map.of()) : arguments(List.of(), Map.of());
    }

    /** Arguments in brackets: positional ones, then named ones. */
    private Function<Context, Arguments> arguments() {
        tokens.expect("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skip(")")) {
            if (tokens.isAt(Kind.NAME) && tokens.following().is("=")) {
                String name = tokens.next().text();
                tokens.expect("=");
                if (named.put(name, expressions.expression()) != null) {
                    throw tokens.failure("the named argument '" + name + "' is given twice");
                }
            } else if (named.isEmpty()) {
                positional.add(expressions.expression());
            } else {
                throw tokens.failure("a positional argument after a named one");
            }
            tokens.expectCommaOr(")");
        }
        return arguments(positional, named);
    }

    private static Function<Context, Arguments> arguments(List<Expression> positional, Map<String, Expression> named) {
        return context -> {
            List<Object> values = context.evaluate(positional);
            Map<String, Object> namedValues = new LinkedHashMap<>();
            named.forEach((name, argument) -> namedValues.put(name, context.evaluate(argument)));
            return new Arguments(values, namedValues);
        };
    }
}
