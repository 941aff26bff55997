package dev.anneal.engine.text.template;

import static dev.anneal.engine.text.template.value.Python.isTrue;

import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.Numbers;
import dev.anneal.engine.text.template.value.Operators;
import dev.anneal.engine.text.template.value.Operators.Operator;
import dev.anneal.engine.text.template.value.Python;
import dev.anneal.engine.text.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by recursive descent, from the loosest operator ({@code if}) to the tightest. Filters bind tighter
 * than any operator.
 */
abstract class ExpressionParser extends PrimaryParser {

    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=", "in");
    private static final List<String> SUMS = List.of("+", "-");
    private static final List<String> PRODUCTS = List.of("*", "/", "//", "%");
    private static final Undefined NO_ELSE =
            new Undefined("the inline if-expression evaluated to false and no else section was defined.");

    private static final Pattern NOT_IN = Pattern.compile("not[" + PythonSpace.SPACES + "]++in(?![\\p{L}\\p{Nd}_])");

    ExpressionParser(String source) {
        super(source);
    }

    @Override
    final Expression expression() {
        return nested("expressions", this::conditional);
    }

    /** An expression without {@code if ... else}, where {@code if} means something else. */
    Expression withoutCondition() {
        return nested("expressions", this::disjunction);
    }

    @Override
    final Expression tupleOrExpression(Supplier<Expression> element) {
        Expression first = element.get();
        List<Expression> items = new ArrayList<>(List.of(first));
        boolean isTuple = is(",");
        while (skip(",") && !(isAtEnd() || is(")"))) {
            items.add(element.get());
        }
        return isTuple ? sequence("tuple", items) : first;
    }

    private Expression conditional() {
        Expression value = disjunction();
        while (skip("if")) {
            Expression whenTrue = value;
            Expression condition = disjunction();
            Expression otherwise = skip("else") ? expression() : context -> NO_ELSE;
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
        Expression expression = operand.get();
        while (skip(operator)) {
            Expression left = expression;
            Expression right = operand.get();
            expression = context -> {
                Object value = context.evaluate(left);
                return isTrue(value) == operator.equals("or") ? value : context.evaluate(right);
            };
        }
        return expression;
    }

    private Expression negation() {
        return skip("not") ? not(nested("expressions", this::negation)) : comparison();
    }

    private static Expression not(Expression operand) {
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
        if (symbols.contains("in") && isAt(NOT_IN) && skip("not") && skip("in")) {
            return Operators.get("not in");
        }
        for (String symbol : symbols) {
            if (skip(symbol)) {
                return Operators.get(symbol);
            }
        }
        return null;
    }

    private Expression sum() {
        return calculation(SUMS, this::concatenation);
    }

    private Expression concatenation() {
        List<Expression> operands = new ArrayList<>(List.of(product()));
        while (skip("~")) {
            operands.add(product());
        }
        if (operands.size() == 1) {
            return operands.get(0);
        }
        return context -> {
            BoundedText out = new BoundedText(context.budget());
            operands.forEach(operand -> out.append(Python.str(context.evaluate(operand), context.budget())));
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
        check(!is("**"), "the operator '**' is not supported here: write products");
        return expression;
    }

    /**
     * A sign binds tighter than a filter but looser than suffixes of its operand: {@code -x|abs} is {@code (-x)|abs}.
     */
    private Expression unary(boolean withFilters) {
        Expression complete = postfix(is("-") || is("+") ? signed(next()) : primary());
        return withFilters ? filtersAndTests(complete) : complete;
    }

    private Expression signed(String sign) {
        Expression operand = nested("expressions", () -> unary(false));
        return context -> {
            Object value = context.evaluate(operand);
            if (!(Numbers.of(value) instanceof Number)) {
                String type = Python.typeName(value);
                throw Python.failure(value, "bad operand type for unary " + sign + ": '" + type + "'");
            }
            // Not 0 - x, which would lose the sign of a zero.
            return Operators.get("*").apply(value, sign.equals("-") ? -1L : 1L, context.budget());
        };
    }
}
