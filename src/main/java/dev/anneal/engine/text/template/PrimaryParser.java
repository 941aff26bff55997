package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Token.Kind;
import dev.anneal.engine.text.template.value.Access;
import dev.anneal.engine.text.template.value.Filters;
import dev.anneal.engine.text.template.value.FunctionValue.Arguments;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.Slice;
import dev.anneal.engine.text.template.value.Tests;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Parses operands: literals and names, with the attributes, elements, calls, filters and tests that follow them. */
final class PrimaryParser {

    private static final int MAX_DIGITS = 250;

    /** Names that end a test and are not its argument. */
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is", "if", "in", "not");

    private static final Expression NONE = context -> NoneValue.NONE;

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
            case FLOAT ->
                constant(NumberValue.of(Double.parseDouble(tokens.next().text())));
            case OPERATOR -> bracketed();
            default -> throw tokens.unexpected("an expression");
        };
    }

    private static Expression constant(Value value) {
        return context -> value;
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> constant(NumberValue.TRUE);
            case "false", "False" -> constant(NumberValue.FALSE);
            case "none", "None" -> NONE;
            default -> context -> context.variable(name);
        };
    }

    /** Adjacent texts are concatenated. */
    private Value text() {
        StringBuilder text = new StringBuilder();
        while (tokens.isAt(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return new TextValue(text.toString());
    }

    private static Value integer(Token token) {
        if (token.text().length() > MAX_DIGITS) {
            throw TemplateException.syntax(token.line(), "a number with more than " + MAX_DIGITS + " digits");
        }
        return NumberValue.of(new BigInteger(token.text()));
    }

    static Expression sequence(ListValue.Kind kind, List<Expression> items) {
        return context -> {
            context.budget().elements(items.size());
            return ListValue.of(kind, context.evaluate(items));
        };
    }

    private Expression bracketed() {
        if (tokens.skip("(")) {
            Expression inner = tokens.is(")")
                    ? sequence(ListValue.Kind.TUPLE, List.of())
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
        return sequence(ListValue.Kind.LIST, items);
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
            Map<Value, Value> entries = new LinkedHashMap<>();
            context.budget().elements(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                Value key = MapValue.checkedKey(context.evaluate(keys.get(i)), context.budget());
                entries.put(key, context.evaluate(values.get(i)));
            }
            return new MapValue(entries);
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
        return context -> context.evaluate(function).call(arguments.apply(context));
    }

    private Expression attribute(Expression object) {
        if (tokens.isAt(Kind.INTEGER)) {
            Value position = integer(tokens.next());
            return context -> Access.element(context.evaluate(object), position, context.budget());
        }
        TextValue name = new TextValue(
                tokens.expect(Kind.NAME, "the name of an attribute").text());
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
            Slice slice = new Slice(bound(start, context), bound(stop, context), bound(step, context));
            return context.evaluate(object).slice(slice, context.budget());
        };
    }

    private Expression bound() {
        return tokens.is(":") || tokens.is("]") ? NONE : expressions.expression();
    }

    private static @Nullable Long bound(Expression expression, Context context) {
        Value value = context.evaluate(expression);
        if (value instanceof NumberValue number) {
            return number.asLong();
        }
        if (value == NoneValue.NONE) {
            return null;
        }
        throw value.failure("slice indices must be integers or None, not " + value.typeName());
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
            Value value = context.evaluate(input);
            return Filters.get(name).apply(value, arguments.apply(context), context.budget());
        };
    }

    private Expression test(Expression input) {
        boolean isNegated = tokens.skip("not");
        String name = tokens.expect(Kind.NAME, "a name").text();
        Function<Context, Arguments> arguments = testArguments();
        Expression test = context -> {
            Value value = context.evaluate(input);
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
            List<Value> values = context.evaluate(positional);
            Map<String, Value> namedValues = new LinkedHashMap<>();
            named.forEach((name, argument) -> namedValues.put(name, context.evaluate(argument)));
            return new Arguments(values, namedValues);
        };
    }
}
