package dev.anneal.engine.grade.formula;

import dev.anneal.protocol.WireName;
import java.util.Arrays;

/** Functions of formulas, by their lower-case names. */
enum Function implements WireName {
    MIN,
    MAX,
    ABS,
    FLOOR,
    CEIL,
    EXP,
    SQRT,
    /** Natural logarithm. */
    LOG;

    /** Whether it accepts this number of arguments, at least one. */
    boolean takes(int arguments) {
        return this == MIN || this == MAX || arguments == 1;
    }

    /** NaN if it is undefined or an argument is NaN. */
    double of(double[] arguments) {
        double first = arguments[0];
        return switch (this) {
            case MIN -> Arrays.stream(arguments).min().orElse(Double.NaN);
            case MAX -> Arrays.stream(arguments).max().orElse(Double.NaN);
            case ABS -> Math.abs(first);
            case FLOOR -> Math.floor(first);
            case CEIL -> Math.ceil(first);
            case EXP -> Math.exp(first);
            case SQRT -> Math.sqrt(first);
            case LOG -> Math.log(first);
        };
    }
}
