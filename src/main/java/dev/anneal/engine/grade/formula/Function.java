package dev.anneal.engine.grade.formula;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Functions of formulas, by their lower-case names. */
enum Function {
    MIN,
    MAX,
    ABS,
    FLOOR,
    CEIL,
    EXP,
    SQRT,
    /** Natural logarithm. */
    LOG;

    static Optional<Function> named(String name) {
        return Arrays.stream(values())
                .filter(function -> function.wireName().equals(name))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(Function::wireName).collect(Collectors.joining(", "));
    }

    private String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

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
