package dev.anneal.engine.text.template;

import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.value.Access;
import dev.anneal.engine.text.template.value.Callable;
import dev.anneal.engine.text.template.value.Callable.Arguments;
import dev.anneal.engine.text.template.value.Filters;
import dev.anneal.engine.text.template.value.Numbers;
import dev.anneal.engine.text.template.value.Python;
import dev.anneal.engine.text.template.value.Sequence;
import dev.anneal.engine.text.template.value.Slice;
import dev.anneal.engine.text.template.value.Tests;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses operands: literals and names, with the attributes, elements, calls, filters and tests that follow them. */
abstract class PrimaryParser extends Scanner {

    /** Values of names that cannot be assigned to. */
    static final Map<String, Object> CONSTANTS =
            Map.of("true", true, "True", true, "false", false, "False", false, "none", NONE, "None", NONE);

    private static final int MAX_DIGITS = 250;
    private static final Pattern ESCAPE =
            Pattern.compile("(?s)\\\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)");
    private static final Pattern UNSUPPORTED_NUMBER = Pattern.compile("0[0-9xXoObB]|[0-9]++_");
    private static final Pattern NAMED_ARGUMENT = Pattern.compile(NAME + "[" + PythonSpace.SPACES + "]*+=(?!=)");

    /** Names that end a test and are not its argument. */
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "is", "if", "in", "not");

    private static final Function<Context, Arguments> NO_ARGUMENTS = arguments(List.of(), Map.of());

    PrimaryParser(String source) {
        super(source);
    }

    /** An expression with all operators. */
    abstract Expression expression();

    /** An expression, or several separated by commas as a tuple. */
    abstract Expression tupleOrExpression(Supplier<Expression> element);

    final Expression primary() {
        if (isA(STRING)) {
            return constant(string());
        }
        if (isA(FLOAT)) {
            return constant(Double.valueOf(next()));
        }
        if (isA(INTEGER)) {
            return constant(integer());
        }
        if (!isA(NAME)) {
            return bracketed();
        }
        String name = next();
        Object constant = CONSTANTS.get(name);
        return constant != null ? constant(constant) : context -> context.variable(name);
    }

    private static Expression constant(Object value) {
        return context -> value;
    }

    /** Adjacent texts are concatenated. */
    private String string() {
        StringBuilder text = new StringBuilder();
        while (isA(STRING)) {
            String content = token().substring(1, token().length() - 1);
            text.append(
                    ESCAPE.matcher(content).replaceAll(escape -> Matcher.quoteReplacement(unescaped(escape.group(1)))));
            next();
        }
        return text.toString();
    }

    /** What an escape sequence stands for in Python. */
    private String unescaped(String escape) {
        if (escape.length() > 2) {
            int codePoint = Integer.parseUnsignedInt(escape.substring(1), 16);
            check(Character.isValidCodePoint(codePoint), "an escape sequence that names no character");
            return Character.toString(codePoint);
        }
        String remedy = "' is not supported here: write \\xhh, \\uhhhh or \\Uhhhhhhhh";
        check(!"01234567xuUN".contains(escape), "the escape sequence '\\" + escape + remedy);
        int known = "ntrabfv\\'\"".indexOf(escape);
        // A backslash before a line end continues the line; before any other character it is literal.
        String literal = escape.equals("\n") ? "" : "\\" + escape;
        return known < 0 ? literal : "\n\t\r\u0007\b\f\u000b\\'\"".substring(known, known + 1);
    }

    private Number integer() {
        String problem =
                "a number that begins with '" + ahead(2) + "' is not supported here: write it in decimal digits";
        check(!isAt(UNSUPPORTED_NUMBER), problem);
        check(token().length() <= MAX_DIGITS, "a number with more than " + MAX_DIGITS + " digits");
        return Numbers.integer(new BigInteger(next()));
    }

    /** A list or tuple. */
    static Expression sequence(String typeName, List<Expression> items) {
        return context -> {
            context.budget().elements(items.size());
            return Sequence.of(typeName, context.evaluate(items));
        };
    }

    private Expression bracketed() {
        if (skip("(")) {
            Expression inner = is(")") ? sequence("tuple", List.of()) : tupleOrExpression(this::expression);
            expect(")");
            return inner;
        }
        List<Expression> parts = new ArrayList<>();
        if (skip("{")) {
            list("}", () -> {
                parts.add(expression());
                expect(":");
                parts.add(expression());
            });
            return mapping(parts);
        }
        check(skip("["), expected("an expression"));
        list("]", () -> parts.add(expression()));
        return sequence("list", parts);
    }

    /** A mapping of keys, each of which its value follows. */
    private static Expression mapping(List<Expression> parts) {
        return context -> {
            Map<Object, Object> entries = new LinkedHashMap<>();
            context.budget().elements(parts.size() / 2);
            for (Iterator<Expression> remaining = parts.iterator(); remaining.hasNext(); ) {
                Object key = Python.key(context.evaluate(remaining.next()), context.budget());
                entries.put(key, context.evaluate(remaining.next()));
            }
            return entries;
        };
    }

    /** Attributes, elements and calls. */
    final Expression postfix(Expression operand) {
        return followed(
                operand, () -> skip(".") ? this::attribute : skip("[") ? this::element : is("(") ? this::call : null);
    }

    /** Filters, tests, and calls of their results. */
    final Expression filtersAndTests(Expression operand) {
        return followed(operand, () -> skip("|") ? filter() : skip("is") ? this::test : is("(") ? this::call : null);
    }

    /** An operand with all that follows it. */
    private static Expression followed(Expression operand, Supplier<@Nullable UnaryOperator<Expression>> next) {
        Expression expression = operand;
        for (UnaryOperator<Expression> each = next.get(); each != null; each = next.get()) {
            expression = each.apply(expression);
        }
        return expression;
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
        if (isA(INTEGER)) {
            Number position = integer();
            return context -> Access.element(context.evaluate(object), position, context.budget());
        }
        String name = name("the name of an attribute");
        return context -> Access.attribute(context.evaluate(object), name, context.budget());
    }

    private Expression element(Expression object) {
        Expression start = is(":") ? constant(NONE) : expression();
        if (skip("]")) {
            return context -> Access.element(context.evaluate(object), context.evaluate(start), context.budget());
        }
        expect(":");
        Expression stop = bound();
        Expression step = skip(":") ? bound() : constant(NONE);
        expect("]");
        return context -> {
            Slice slice = new Slice(context.evaluate(start), context.evaluate(stop), context.evaluate(step));
            return slice.of(context.evaluate(object), context.budget());
        };
    }

    private Expression bound() {
        return is(":") || is("]") ? constant(NONE) : expression();
    }

    /** One filter without its {@code |}. */
    final UnaryOperator<Expression> filter() {
        String name = name("a name");
        Function<Context, Arguments> arguments = is("(") ? arguments() : NO_ARGUMENTS;
        return input -> context -> {
            Object value = context.evaluate(input);
            return Filters.get(name).apply(value, arguments.apply(context), context.budget());
        };
    }

    private Expression test(Expression input) {
        boolean isNegated = skip("not");
        String name = name("a name");
        Function<Context, Arguments> arguments = testArguments();
        return context -> {
            Object value = context.evaluate(input);
            Object result = Tests.get(name).apply(value, arguments.apply(context), context.budget());
            return isNegated ? !Python.isTrue(result) : result;
        };
    }

    /** Arguments in brackets, or a single one without them. */
    private Function<Context, Arguments> testArguments() {
        if (is("(")) {
            return arguments();
        }
        check(!is("is"), "You cannot chain multiple tests with is");
        boolean isName = isA(NAME) && !AFTER_TEST.contains(token());
        boolean isArgument = isName || isA(STRING) || isA(INTEGER) || isA(FLOAT) || is("[") || is("{");
        return isArgument ? arguments(List.of(postfix(primary())), Map.of()) : NO_ARGUMENTS;
    }

    /** Arguments in brackets: positional ones, then named ones. */
    private Function<Context, Arguments> arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        expect("(");
        list(")", () -> {
            if (isAt(NAMED_ARGUMENT)) {
                String name = next();
                expect("=");
                check(named.put(name, expression()) == null, "the named argument '" + name + "' is given twice");
            } else {
                check(named.isEmpty(), "a positional argument after a named one");
                positional.add(expression());
            }
        });
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
