package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Token.Kind;
import dev.anneal.engine.text.template.value.Arithmetic;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.Relation;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private static final Map<String, Arithmetic> SUMS = Map.of("+", Arithmetic.ADD, "-", Arithmetic.SUBTRACT);
    private static final Map<String, Arithmetic> PRODUCTS = Map.of(
            "*", Arithmetic.MULTIPLY, "/", Arithmetic.DIVIDE, "//", Arithmetic.FLOOR_DIVIDE, "%", Arithmetic.REMAINDER);
    private static final Undefined NO_ELSE =
            Undefined.because("the inline if-expression evaluated to false and no else section was defined.");

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
        return PrimaryParser.sequence(ListValue.Kind.TUPLE, items);
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
            value = context -> context.evaluate(context.evaluate(condition).isTrue() ? whenTrue : otherwise);
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
                Value value = context.evaluate(left);
                return value.isTrue() == stopsAt ? value : context.evaluate(right);
            };
        }
        return expression;
    }

    private Expression negation() {
        return tokens.skip("not") ? not(deeper(this::negation)) : comparison();
    }

    static Expression not(Expression operand) {
        return context -> NumberValue.of(!context.evaluate(operand).isTrue());
    }

    /** A chain like {@code a < b <= c}: each operand is evaluated once, and none after a failed comparison. */
    private Expression comparison() {
        List<Relation> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>(List.of(sum()));
        for (Relation operator = relation(); operator != null; operator = relation()) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty()
                ? operands.get(0)
                : context -> {
                    Value left = context.evaluate(operands.get(0));
                    boolean holds = true;
                    for (int i = 0; holds && i < operators.size(); i++) {
                        Value right = context.evaluate(operands.get(i + 1));
                        holds = operators.get(i).holds(left, right, context.budget());
                        left = right;
                    }
                    return NumberValue.of(holds);
                };
    }

    private @Nullable Relation relation() {
        if (tokens.is("not") && tokens.following().is("in")) {
            tokens.next();
            tokens.next();
            return Relation.NOT_IN;
        }
        boolean isOperator = tokens.isAt(Kind.OPERATOR) || tokens.is("in");
        Relation relation = isOperator ? Relation.of(tokens.current().text()) : null;
        if (relation != null) {
            tokens.next();
        }
        return relation;
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
                out.append(context.evaluate(operand).text(context.budget()));
            }
            return new TextValue(out.toString());
        };
    }

    private Expression product() {
        return calculation(PRODUCTS, () -> unary(true));
    }

    private Expression calculation(Map<String, Arithmetic> operators, Supplier<Expression> operand) {
        Expression expression = operand.get();
        while (tokens.isAt(Kind.OPERATOR)) {
            Arithmetic operator = operators.get(tokens.current().text());
            if (tokens.is("**")) {
                throw tokens.failure("the operator '**' is not supported here: write products");
            }
            if (operator == null) {
                return expression;
            }
            tokens.next();
            Expression left = expression;
            Expression right = operand.get();
            expression = context -> operator.apply(context.evaluate(left), context.evaluate(right), context.budget());
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

    private static Value signed(String sign, Value value, Context context) {
        if (!(value instanceof NumberValue)) {
            throw value.failure("bad operand type for unary " + sign + ": '" + value.typeName() + "'");
        }
        // Not 0 - x, which would lose the sign of a zero.
        return Arithmetic.MULTIPLY.apply(value, NumberValue.of(sign.equals("-") ? -1 : 1), context.budget());
    }
}
