package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.library.Relation;
import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import dev.anneal.engine.text.template.value.Arithmetic;
import dev.anneal.engine.text.template.value.ListValue;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses expressions by recursive descent, from what binds least ({@code if}) to what binds most. Filters bind more than any operator. */
final class ExpressionParser {

    /** Expressions inside one another. */
    private static final int MAX_DEPTH = 60;

    private static final Set<Arithmetic> SUMS = EnumSet.of(Arithmetic.ADD, Arithmetic.SUBTRACT);
    private static final Set<Arithmetic> PRODUCTS =
            EnumSet.of(Arithmetic.MULTIPLY, Arithmetic.DIVIDE, Arithmetic.FLOOR_DIVIDE, Arithmetic.REMAINDER);

    private final TokenStream tokens;
    private final PrimaryParser primaries;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.primaries = new PrimaryParser(tokens, this);
    }

    /** An expression with everything that it may have. */
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
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !isAtEndOfTuple()) {
            items.add(element.get());
        }
        return new Expression.Sequence(ListValue.Kind.TUPLE, items);
    }

    private boolean isAtEndOfTuple() {
        return tokens.isAt(Kind.OUTPUT_END) || tokens.isAt(Kind.BLOCK_END) || tokens.isOperator(")");
    }

    /** One filter without its {@code |}. */
    Expression.Filter filter(Expression input) {
        return primaries.filter(input);
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
        while (tokens.skipName("if")) {
            Expression condition = disjunction();
            Expression otherwise = tokens.skipName("else") ? expression() : Expression.Conditional.NO_ELSE;
            value = new Expression.Conditional(condition, value, otherwise);
        }
        return value;
    }

    private Expression disjunction() {
        Expression left = conjunction();
        while (tokens.skipName("or")) {
            left = new Expression.Or(left, conjunction());
        }
        return left;
    }

    private Expression conjunction() {
        Expression left = negation();
        while (tokens.skipName("and")) {
            left = new Expression.And(left, negation());
        }
        return left;
    }

    private Expression negation() {
        return tokens.skipName("not") ? new Expression.Not(deeper(this::negation)) : comparison();
    }

    private Expression comparison() {
        List<Relation> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>(List.of(sum()));
        for (Relation operator = relation(); operator != null; operator = relation()) {
            operators.add(operator);
            operands.add(sum());
        }
        return operators.isEmpty() ? operands.get(0) : new Expression.Comparison(operators, operands);
    }

    private @Nullable Relation relation() {
        boolean isNotIn = tokens.isName("not") && tokens.following().is(Kind.NAME, "in");
        if (isNotIn) {
            tokens.next();
            tokens.next();
            return Relation.NOT_IN;
        }
        boolean isOperator = tokens.isAt(Kind.OPERATOR) || tokens.isName("in");
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
        if (!tokens.isOperator("~")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            operands.add(product());
        }
        return new Expression.Concatenation(operands);
    }

    private Expression product() {
        return calculation(PRODUCTS, () -> unary(true));
    }

    private Expression calculation(Set<Arithmetic> operators, Supplier<Expression> operand) {
        Expression left = operand.get();
        for (Arithmetic operator = operator(operators); operator != null; operator = operator(operators)) {
            left = new Expression.Calculation(operator, left, operand.get());
        }
        return left;
    }

    private @Nullable Arithmetic operator(Set<Arithmetic> wanted) {
        Arithmetic operator =
                tokens.isAt(Kind.OPERATOR) ? Arithmetic.of(tokens.current().text()) : null;
        if (tokens.isOperator("**")) {
            throw tokens.failure("the operator '**' is not supported here: write products");
        }
        if (operator == null || !wanted.contains(operator)) {
            return null;
        }
        tokens.next();
        return operator;
    }

    /** A sign binds more than a filter but less than what is written after its operand: {@code -x|abs} is {@code (-x)|abs}. */
    private Expression unary(boolean withFilters) {
        Expression operand;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            boolean isMinus = tokens.next().text().equals("-");
            operand = new Expression.Sign(isMinus, deeper(() -> unary(false)));
        } else {
            operand = primaries.primary();
        }
        Expression complete = primaries.postfix(operand);
        return withFilters ? primaries.filtersAndTests(complete) : complete;
    }
}
