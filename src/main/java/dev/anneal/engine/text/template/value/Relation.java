package dev.anneal.engine.text.template.value;

import org.jspecify.annotations.Nullable;

/** Operators that compare two values. */
public enum Relation {
    EQ("=="),
    NE("!="),
    LT("<"),
    LE("<="),
    GT(">"),
    GE(">="),
    IN("in"),
    NOT_IN("not in");

    private final String symbol;

    Relation(String symbol) {
        this.symbol = symbol;
    }

    /** The operator of this symbol, or null. */
    public static @Nullable Relation of(String symbol) {
        for (Relation relation : values()) {
            if (relation.symbol.equals(symbol)) {
                return relation;
            }
        }
        return null;
    }

    /** Whether it holds. */
    public boolean holds(Value left, Value right, Budget budget) {
        budget.charge(Math.min(left.weight(), right.weight()));
        return switch (this) {
            case EQ -> left.equals(right);
            case NE -> !left.equals(right);
            case LT -> left.compare(right) < 0;
            case LE -> left.compare(right) <= 0;
            case GT -> left.compare(right) > 0;
            case GE -> left.compare(right) >= 0;
            case IN -> right.contains(left, budget);
            case NOT_IN -> !right.contains(left, budget);
        };
    }
}
