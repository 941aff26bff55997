package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.TemplateException.check;
import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Callable.Arguments;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A call of a built-in: its subject, and its arguments by parameter. */
record Call(Builtin builtin, Object subject, Arguments arguments, Budget budget) {

    /** Far beyond any size or position, but sums of such numbers do not overflow. */
    private static final long MAX_INTEGER = 1L << 40;

    Call {
        List<String> parameters = builtin.parameters();
        int given = arguments.positional().size();
        boolean isOpen = builtin.takesAny();
        String tooMany = "%s() takes at most %d arguments, %d were given";
        check(isOpen || given <= parameters.size(), tooMany, builtin.name(), parameters.size(), given);
        for (String name : arguments.named().keySet()) {
            boolean isKnown = builtin.takesNames() && parameters.indexOf(name) >= given;
            check(isOpen || isKnown, "%s() does not take the named argument '%s' here", builtin.name(), name);
        }
    }

    /** A value converted by {@code str}. */
    String str(Object value) {
        return Python.str(value, budget);
    }

    /** The subject converted by {@code str}. */
    String text() {
        return str(subject);
    }

    /** A new text within the budget, for results that are hardly longer than their input. */
    String made(String text) {
        budget.text(text.length());
        return text;
    }

    private @Nullable Object find(String name) {
        int position = builtin.parameters().indexOf(name);
        List<Object> positional = arguments.positional();
        Object named = arguments.named().get(name);
        return position < positional.size() ? positional.get(position) : named;
    }

    /** Whether an argument is given and not None. */
    boolean has(String name) {
        return value(name, NONE) != NONE;
    }

    /** A required argument. */
    Object value(String name) {
        Object value = find(name);
        if (value == null) {
            throw TemplateException.evaluation(builtin.name() + "() lacks the argument '" + name + "'");
        }
        return value;
    }

    /** An argument, or the fallback if it is missing. */
    Object value(String name, Object fallback) {
        Object value = find(name);
        return value == null ? fallback : value;
    }

    /** A required text. */
    String text(String name) {
        return text(name, value(name));
    }

    /** A text, or the fallback if it is missing. */
    String text(String name, Object fallback) {
        String demand = builtin.name() + "() takes a text as '" + name + "'";
        return Python.require(String.class, value(name, fallback), demand);
    }

    /** An integer, or the fallback if it is missing. */
    long integer(String name, long fallback) {
        String demand = builtin.name() + "() takes an integer as '" + name + "'";
        long integer = Numbers.asLong(Numbers.require(value(name, fallback), demand));
        Budget.limit(Math.max(integer, -integer), MAX_INTEGER, "a number of more than %d as an argument");
        return integer;
    }

    boolean flag(String name) {
        return Python.isTrue(value(name, NONE));
    }

    /** An indentation as in Python: a number of spaces, or the text itself. */
    String indentation(String name, long fallback) {
        return value(name, fallback) instanceof String text
                ? text
                : " ".repeat(budget().text(Math.max(0, integer(name, fallback))));
    }

    /** The elements of the subject, in a new list. */
    List<Object> items() {
        return Python.list(subject, budget);
    }

    /** The elements of the subject, read lazily; each counts as a step. */
    Stream<Object> elements() {
        return Python.elements(subject, budget).peek(element -> budget.charge(1));
    }
}
