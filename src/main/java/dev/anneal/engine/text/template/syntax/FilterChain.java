package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.value.NoneValue;
import java.util.ArrayList;
import java.util.List;

/** The filters that a tag names before the block that they apply to has been read. */
final class FilterChain {

    private static final Expression PLACE_OF_THE_BLOCK = new Expression.Literal(NoneValue.NONE);

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final List<Expression.Filter> filters = new ArrayList<>();

    FilterChain(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    void read(boolean beginsWithName) {
        if (beginsWithName) {
            filters.add(expressions.filter(PLACE_OF_THE_BLOCK));
        }
        while (tokens.skipOperator("|")) {
            filters.add(expressions.filter(PLACE_OF_THE_BLOCK));
        }
    }

    Expression applyTo(Expression block) {
        Expression filtered = block;
        for (Expression.Filter filter : filters) {
            filtered = new Expression.Filter(filtered, filter.name(), filter.arguments());
        }
        return filtered;
    }
}
