package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.FunctionValue.Arguments;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A call of a built-in: its subject, and its arguments by parameter. */
record Call(Builtin builtin, Value subject, Arguments arguments, Budget budget) {

    /** Far beyond any size or position, but sums of such numbers do not overflow. */
    private static final long MAX_INTEGER = 1L << 40;

    Call {
        int given = arguments.positional().size();
        int count = builtin.parameters().size();
        if (given > count && builtin.kind() != Builtin.Kind.ANY) {
            throw failure(builtin, "takes at most " + count + " arguments, " + given + " were given");
        }
        for (String name : arguments.named().keySet()) {
            boolean isKnown =
                    builtin.kind() == Builtin.Kind.NAMED && builtin.parameters().indexOf(name) >= given;
            if (!isKnown && builtin.kind() != Builtin.Kind.ANY) {
                throw failure(builtin, "does not take the named argument '" + name + "' here");
            }
        }
    }

    private static TemplateException failure(Builtin builtin, String reason) {
        return TemplateException.evaluation(builtin.name() + "() " + reason);
    }

    /** The subject converted by {@code str}. */
    String text() {
        return subject.text(budget());
    }

    /** A new text within the budget, for results that are hardly longer than their input. */
    TextValue made(String text) {
        budget().text(text.length());
        return new TextValue(text);
    }

    private @Nullable Value find(String name) {
        int position = builtin.parameters().indexOf(name);
        List<Value> positional = arguments.positional();
        return position < positional.size()
                ? positional.get(position)
                : arguments.named().get(name);
    }

    /** Whether an argument is given and not None. */
    boolean has(String name) {
        return value(name, NoneValue.NONE) != NoneValue.NONE;
    }

    /** A required argument. */
    Value value(String name) {
        Value value = find(name);
        if (value == null) {
            throw failure(builtin, "lacks the argument '" + name + "'");
        }
        return value;
    }

    Value value(String name, Value fallback) {
        Value value = find(name);
        return value == null ? fallback : value;
    }

    /** A required text. */
    String text(String name) {
        if (value(name) instanceof TextValue text) {
            return text.string();
        }
        throw value(name)
                .failure(builtin.name() + "() takes a text as '" + name + "', not "
                        + value(name).typeName());
    }

    /** A text, or the fallback if it is missing. */
    String text(String name, String fallback) {
        return find(name) == null ? fallback : text(name);
    }

    /** An integer, or the fallback if it is missing. */
    long integer(String name, long fallback) {
        Value value = find(name);
        if (value == null) {
            return fallback;
        }
        if (!(value instanceof NumberValue number)) {
            throw value.failure(builtin.name() + "() takes an integer as '" + name + "', not " + value.typeName());
        }
        long integer = number.asLong();
        if (integer > MAX_INTEGER || integer < -MAX_INTEGER) {
            throw TemplateException.budget("a number of more than " + MAX_INTEGER + " as an argument");
        }
        return integer;
    }

    boolean flag(String name) {
        return value(name, NoneValue.NONE).isTrue();
    }

    /** An indentation as in Python: a number of spaces, or the text itself. */
    String indentation(String name, long fallback) {
        return find(name) instanceof TextValue text
                ? text.string()
                : " ".repeat(budget().text(Math.max(0, integer(name, fallback))));
    }

    /** The elements of the subject, read lazily; each counts as a step. */
    Stream<Value> elements() {
        return StreamValue.elements(subject).peek(element -> budget.charge(1));
    }

    /** A generator over elements derived from this call's. */
    StreamValue generator(Stream<Value> elements) {
        return new StreamValue(subject, elements.iterator());
    }
}
