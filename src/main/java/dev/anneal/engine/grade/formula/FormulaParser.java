package dev.anneal.engine.grade.formula;

import dev.anneal.engine.grade.formula.Formula.Node;
import dev.anneal.protocol.WireName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a formula by recursive descent: sum, product, sign, power, then numbers, variables, calls and parentheses. */
final class FormulaParser {

    /** Maximum nesting of parentheses, calls, signs and powers. */
    private static final int MAX_DEPTH = 32;

    private static final Pattern NUMBER = Pattern.compile("(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    private static final Pattern BLANKS = Pattern.compile("\\s*");

    private final String text;
    private final Collection<String> names;
    private final Set<String> used = new LinkedHashSet<>();
    private int at;
    private int depth;

    FormulaParser(String text, Collection<String> names) {
        this.text = text;
        this.names = names;
    }

    Formula parse() throws FormulaException {
        Node root = sum();
        if (at < text.length()) {
            throw expected("an operator, one of + - * / ^, or the end");
        }
        return new Formula(root, used);
    }

    private Node sum() throws FormulaException {
        Node left = product();
        while (true) {
            if (take('+')) {
                left = both(left, product(), Double::sum);
            } else if (take('-')) {
                left = both(left, product(), (first, second) -> first - second);
            } else {
                return left;
            }
        }
    }

    private Node product() throws FormulaException {
        Node left = signed();
        while (true) {
            if (take('*')) {
                left = both(left, signed(), (first, second) -> first * second);
            } else if (take('/')) {
                left = both(left, signed(), (first, second) -> first / second);
            } else {
                return left;
            }
        }
    }

    private static Node both(Node first, Node second, DoubleBinaryOperator operation) {
        return values -> operation.applyAsDouble(first.value(values), second.value(values));
    }

    private Node signed() throws FormulaException {
        boolean negative = take('-');
        if (!negative && !take('+')) {
            return power();
        }
        enter();
        Node operand = signed();
        depth--;
        return negative ? values -> -operand.value(values) : operand;
    }

    private Node power() throws FormulaException {
        Node base = atom();
        if (!take('^')) {
            return base;
        }
        enter();
        Node exponent = signed();
        depth--;
        return both(base, exponent, Math::pow);
    }

    private Node atom() throws FormulaException {
        if (take('(')) {
            enter();
            Node inner = sum();
            require(')');
            depth--;
            return inner;
        }
        Matcher number = matcher(NUMBER);
        if (number.lookingAt()) {
            double value = Double.parseDouble(number.group());
            advance(number.end());
            return values -> value;
        }
        Matcher name = matcher(Formula.NAME);
        if (!name.lookingAt()) {
            throw expected("a number, a grader's name, a function or '('");
        }
        int start = at;
        advance(name.end());
        return take('(') ? call(name.group(), start) : variable(name.group(), start);
    }

    private Node variable(String name, int start) throws FormulaException {
        if (!names.contains(name)) {
            throw new FormulaException("names '" + name + "' at character " + (start + 1)
                    + ", which is none of its graders: " + String.join(", ", names));
        }
        used.add(name);
        return values -> values.getOrDefault(name, Double.NaN);
    }

    private Node call(String name, int start) throws FormulaException {
        Function function = WireName.find(Function.class, name)
                .orElseThrow(() -> new FormulaException("calls '" + name + "' at character " + (start + 1)
                        + ", which is none of " + WireName.list(Function.class)));
        enter();
        List<Node> arguments = new ArrayList<>();
        do {
            arguments.add(sum());
        } while (take(','));
        require(')');
        depth--;
        if (!function.takes(arguments.size())) {
            throw new FormulaException("gives " + name + " " + arguments.size() + " numbers at character " + (start + 1)
                    + "; it takes one");
        }
        return values -> function.of(arguments.stream()
                .mapToDouble(argument -> argument.value(values))
                .toArray());
    }

    private void enter() throws FormulaException {
        depth++;
        if (depth > MAX_DEPTH) {
            throw new FormulaException("is nested more than " + MAX_DEPTH + " deep at character " + (at + 1));
        }
    }

    private boolean take(char symbol) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == symbol) {
            advance(at + 1);
            return true;
        }
        return false;
    }

    private void require(char symbol) throws FormulaException {
        if (!take(symbol)) {
            throw expected("'" + symbol + "'");
        }
    }

    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length());
    }

    private void advance(int to) {
        at = to;
        skipBlanks();
    }

    private void skipBlanks() {
        Matcher blanks = matcher(BLANKS);
        at = blanks.lookingAt() ? blanks.end() : at;
    }

    private FormulaException expected(String what) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
        return new FormulaException(
                "cannot be read at character " + (at + 1) + ": expected " + what + ", found " + found);
    }
}
