package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators that compare two values. */
public enum Relation {
    /** Equal. */
    EQ {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return left.equals(right);
        }
    },
    /** Not equal. */
    NE {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return !left.equals(right);
        }
    },
    /** Before. */
    LT {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return left.compare(right) < 0;
        }
    },
    /** Before or with. */
    LE {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return left.compare(right) <= 0;
        }
    },
    /** After. */
    GT {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return left.compare(right) > 0;
        }
    },
    /** After or with. */
    GE {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return left.compare(right) >= 0;
        }
    },
    /** Contained. */
    IN {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return right.contains(left, budget);
        }
    },
    /** Not contained. */
    NOT_IN {
        @Override
        boolean test(Value left, Value right, Budget budget) {
            return !right.contains(left, budget);
        }
    };

    private static final Map<String, Relation> SYMBOLS =
            Map.of("==", EQ, "!=", NE, "<", LT, "<=", LE, ">", GT, ">=", GE, "in", IN, "not in", NOT_IN);

    /** The operator of this symbol, or null. */
    public static @Nullable Relation of(String symbol) {
        return SYMBOLS.get(symbol);
    }

    /** Whether it holds. */
    public boolean holds(Value left, Value right, Budget budget) {
        budget.charge(Math.min(left.weight(), right.weight()));
        return test(left, right, budget);
    }

    abstract boolean test(Value left, Value right, Budget budget);
}
