package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.Slice;
import dev.anneal.engine.text.template.value.TextSearch;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * The part of a text that the arguments {@code start} and {@code end} of a method leave. Positions count code points of the whole text.
 *
 * @param exists false if it begins beyond the end of the text, where not even the empty text is found
 */
record Window(String text, int offset, boolean exists, Environment environment) {

    static Window of(TextValue text, BoundArguments arguments, Environment environment) {
        if (!arguments.has("start") && !arguments.has("end")) {
            return new Window(text.string(), 0, true, environment);
        }
        long start = arguments.integer("start", 0);
        Slice slice = new Slice(start, arguments.has("end") ? arguments.integer("end", 0) : null, null);
        int offset = slice.within(text.length()).first();
        String part = text.slice(slice, environment.budget()).text(environment.budget());
        return new Window(part, offset, start <= text.length(), environment);
    }

    int first(String wanted) {
        return position(TextSearch.indexOf(text, wanted, 0, environment.budget()));
    }

    int last(String wanted) {
        return position(TextSearch.lastIndexOf(text, wanted, text.length(), environment.budget()));
    }

    private int position(int unit) {
        return exists && unit >= 0 ? offset + text.codePointCount(0, unit) : -1;
    }

    int count(String wanted) {
        if (!exists) {
            return 0;
        }
        return wanted.isEmpty()
                ? text.codePointCount(0, text.length()) + 1
                : TextSearch.count(text, wanted, environment.budget());
    }

    /** Whether the test holds for a text, or for one of a tuple of them. */
    boolean matches(Value wanted, BiPredicate<String, String> test) {
        boolean isTuple = wanted.typeName().equals("tuple");
        for (Value each : isTuple ? ((ListValue) wanted).items() : List.of(wanted)) {
            if (!(each instanceof TextValue affix)) {
                throw TemplateException.evaluation("a text or a tuple of texts is wanted, not " + each.typeName());
            }
            environment.budget().charge(affix.weight());
            if (exists && test.test(text, affix.string())) {
                return true;
            }
        }
        return false;
    }
}
