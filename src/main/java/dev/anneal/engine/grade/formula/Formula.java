package dev.anneal.engine.grade.formula;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Arithmetic in fp64 over numbers and named variables: {@code + - * / ^}, parentheses, and the functions of
 * {@link Function}. {@code ^} binds tighter than a sign and is right-associative: {@code -2^2} is -4, {@code 2^3^2} is
 * 512. Evaluation takes time linear in the formula's length.
 */
public final class Formula {

    public static final int MAX_LENGTH = 1_000;

    static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Node root;
    private final Set<String> variables;

    Formula(Node root, Set<String> variables) {
        this.root = root;
        this.variables = Set.copyOf(variables);
    }

    /** A part of the formula. */
    @FunctionalInterface
    interface Node {
        double value(Map<String, Double> variables);
    }

    /**
     * @param names allowed variable names
     * @throws FormulaException with position and reason of the error
     */
    public static Formula parse(String text, Collection<String> names) throws FormulaException {
        if (text.length() > MAX_LENGTH) {
            throw new FormulaException("has " + text.length() + " characters; at most " + MAX_LENGTH + " are read");
        }
        return new FormulaParser(text, names).parse();
    }

    /** Whether a formula can have a variable of this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The variables that the formula uses. */
    public Set<String> variables() {
        return variables;
    }

    /**
     * @param values of each of {@link #variables()}
     * @return NaN or an infinity if the result is undefined, as for 1 / 0 and log(-1)
     */
    public double value(Map<String, Double> values) {
        return root.value(values);
    }
}
