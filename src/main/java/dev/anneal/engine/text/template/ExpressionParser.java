package dev.anneal.engine.text.template;

import static dev.anneal.engine.text.template.value.Python.isTrue;

import dev.anneal.engine.text.template.Token.Kind;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.Numbers;
import dev.anneal.engine.text.template.value.Operators;
import dev.anneal.engine.text.template.value.Operators.Operator;
import dev.anneal.engine.text.template.value.Python;
import dev.anneal.engine.text.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by recursive descent, from the loosest operator ({@code if}) to the tightest. Filters bind tighter
 * than any operator.
 */
final class ExpressionParser {

    /** Maximum nesting of expressions. */
    private static final int MAX_DEPTH = 60;

    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=", "in");
    private static final List<String> SUMS = List.of("+", "-");
    private static final List<String> PRODUCTS = List.of("*", "/", "//", "%");
    private static final Undefined NO_ELSE =
            new Undefined("the inline if-expression evaluated to false and no else section was defined.");

    private final TokenStream tokens;
    private final PrimaryParser primaries;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.primaries = new PrimaryParser(tokens, this);
    }

    /** One filter without its {@code |}. */
    UnaryOperator<Expression> filter() {
        return primaries.filter();
    }

    /** An expression with all operators. */
    Expression expression() {
        return deeper(this::conditional);
    }

    /** An expression without {@code if ... else}, where {@code if} means something else. */
    Expression withoutCondition() {
        return deeper(this::disjunction);
    }

    /** An expression, or several separated by commas as a tuple. */
    Expression tupleOrExpression(Supplier<Expression> element) {
        Expression first = element.get();
        if (!tokens.is(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skip(",") && !(tokens.isAt(Kind.OUTPUT_END) || tokens.isAt(Kind.BLOCK_END) || tokens.is(")"))) {
            items.add(element.get());
        }
        return PrimaryParser.sequence("tuple", items);
    }

    private Expression deeper(Supplier<Expression> parse) {
        if (++depth > MAX_DEPTH) {
            throw tokens.failure("more than " + MAX_DEPTH + " expressions inside one another");
        }
        Expression parsed = parse.get();
        depth--;
        return parsed;
    }

    private Expression conditional() {
        Expression value = disjunction();
        while (tokens.skip("if")) {
            Expression whenTrue = value;
            Expression condition = disjunction();
            Expression otherwise = tokens.skip("else") ? expression() : context -> NO_ELSE;
            value = context -> context.evaluate(isTrue(context.evaluate(condition)) ? whenTrue : otherwise);
        }
        return value;
    }

    private Expression disjunction() {
        return logical("or", () -> logical("and", this::negation));
    }

    /**
     * The value of {@code or} is the first true operand, that of {@code and} the first false one; otherwise it is the
     * last operand.
     */
    private Expression logical(String operator, Supplier<Expression> operand) {
        boolean stopsAt = operator.equals("or");
        Expression expression = operand.get();
        while (tokens.skip(operator)) {
            Expression left = expression;
            Expression right = operand.get();
            expression = context -> {
                Object value = context.evaluate(left);
                return isTrue(value) == stopsAt ? value : context.evaluate(right);
            };
        }
        return expression;
    }

    private Expression negation() {
        return tokens.skip("not") ? not(deeper(this::negation)) : comparison();
    }

    static Expression not(Expression operand) {
        return context -> !isTrue(context.evaluate(operand));
    }

    /** A chain like {@code a < b <= c}: each operand is evaluated once, and none after a failed comparison. */
    private Expression comparison() {
        List<Operator> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>(List.of(sum()));
        for (Operator operator = skip(COMPARISONS); operator != null; operator = skip(COMPARISONS)) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty() ? operands.get(0) : context -> holds(operators, operands, context);
    }

    private static boolean holds(List<Operator> operators, List<Expression> operands, Context context) {
        Object left = context.evaluate(operands.get(0));
        boolean holds = true;
        for (int i = 0; holds && i < operators.size(); i++) {
            Object right = context.evaluate(operands.get(i + 1));
            holds = isTrue(operators.get(i).apply(left, right, context.budget()));
            left = right;
        }
        return holds;
    }

    /** Skips one of these operators and returns it, or null if none of them is there. */
    private @Nullable Operator skip(List<String> symbols) {
        boolean isNotIn = tokens.is("not") && tokens.following().is("in");
        if (symbols.contains("in") && isNotIn && tokens.skip("not") && tokens.skip("in")) {
            return Operators.get("not in");
        }
        for (String symbol : symbols) {
            if (tokens.skip(symbol)) {
                return Operators.get(symbol);
            }
        }
        return null;
    }

    private Expression sum() {
        return calculation(SUMS, this::concatenation);
    }

    private Expression concatenation() {
        Expression first = product();
        if (!tokens.is("~")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (tokens.skip("~")) {
            operands.add(product());
        }
        return context -> {
            BoundedText out = new BoundedText(context.budget());
            for (Expression operand : operands) {
                out.append(Python.str(context.evaluate(operand), context.budget()));
            }
            return out.toString();
        };
    }

    private Expression product() {
        return calculation(PRODUCTS, () -> unary(true));
    }

    private Expression calculation(List<String> operators, Supplier<Expression> operand) {
        Expression expression = operand.get();
        for (Operator operator = skip(operators); operator != null; operator = skip(operators)) {
            Operator rule = operator;
            Expression left = expression;
            Expression right = operand.get();
            expression = context -> rule.apply(context.evaluate(left), context.evaluate(right), context.budget());
        }
        if (tokens.is("**")) {
            throw tokens.failure("the operator '**' is not supported here: write products");
        }
        return expression;
    }

    /**
     * A sign binds tighter than a filter but looser than suffixes of its operand: {@code -x|abs} is {@code (-x)|abs}.
     */
    private Expression unary(boolean withFilters) {
        Expression operand;
        if (tokens.is("-") || tokens.is("+")) {
            String sign = tokens.next().text();
            Expression signed = deeper(() -> unary(false));
            operand = context -> signed(sign, context.evaluate(signed), context);
        } else {
            operand = primaries.primary();
        }
        Expression complete = primaries.postfix(operand);
        return withFilters ? primaries.filtersAndTests(complete) : complete;
    }

    private static Object signed(String sign, Object value, Context context) {
        if (!(Numbers.of(value) instanceof Number)) {
            throw Python.failure(value, "bad operand type for unary " + sign + ": '" + Python.typeName(value) + "'");
        }
        // Not 0 - x, which would lose the sign of a zero.
        return Operators.get("*").apply(value, sign.equals("-") ? -1L : 1L, context.budget());
    }
}
