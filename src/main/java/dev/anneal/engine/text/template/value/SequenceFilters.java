package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.FunctionValue.Arguments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Filters of iterable values. Those that are generators in Jinja are lazy here as well. */
final class SequenceFilters {

    static final Map<String, Builtin> TABLE = Builtin.table(
            define("length", "", call -> NumberValue.of(call.subject().length())),
            define("count", "", call -> NumberValue.of(call.subject().length())),
            define("list", "", call -> ListValue.list(items(call))),
            define("first", "", call -> first(call.elements().iterator(), "No first item, sequence was empty.")),
            define("last", "", SequenceFilters::last),
            define("join", "d attribute", SequenceFilters::join),
            define("reverse", "", SequenceFilters::reverse),
            define("sum", "attribute start", SequenceFilters::sum),
            define("items", "", SequenceFilters::pairs),
            define("map", "*", SequenceFilters::map),
            define("select", "*", call -> picked(call, false, true)),
            define("reject", "*", call -> picked(call, false, false)),
            define("selectattr", "*", call -> picked(call, true, true)),
            define("rejectattr", "*", call -> picked(call, true, false)),
            define("unique", "case_sensitive attribute", SequenceFilters::unique),
            define("sort", "reverse case_sensitive attribute", SequenceFilters::sort),
            define("dictsort", "case_sensitive by reverse", SequenceFilters::dictSort),
            define("min", "case_sensitive attribute", call -> extreme(call, -1)),
            define("max", "case_sensitive attribute", call -> extreme(call, 1)));

    /** A value with its sort key. */
    private record Keyed(Value key, Value value) {}

    private SequenceFilters() {}

    private static List<Value> items(Call call) {
        return ListValue.itemsOf(call.subject(), call.budget());
    }

    private static Value first(Iterator<Value> elements, String reason) {
        return elements.hasNext() ? elements.next() : Undefined.because(reason);
    }

    private static Value last(Call call) {
        if (call.subject().lengthIfKnown() < 0) {
            throw call.subject().failure("'" + call.subject().typeName() + "' object is not reversible");
        }
        List<Value> items = call.subject() instanceof ListValue list ? list.items() : items(call);
        return first(
                items.subList(Math.max(0, items.size() - 1), items.size()).iterator(),
                "No last item, sequence was empty.");
    }

    private static Value join(Call call) {
        UnaryOperator<Value> attribute = attribute(call);
        String separator = call.value("d", TextValue.EMPTY).text(call.budget());
        BoundedText out = new BoundedText(call.budget());
        String before = "";
        for (Iterator<Value> elements = call.elements().iterator(); elements.hasNext(); before = separator) {
            out.append(before).append(attribute.apply(elements.next()).text(call.budget()));
        }
        return new TextValue(out.toString());
    }

    private static Value reverse(Call call) {
        if (call.subject() instanceof TextValue text) {
            return text.slice(new Slice(null, null, -1L), call.budget());
        }
        List<Value> items = items(call);
        Collections.reverse(items);
        return call.subject().lengthIfKnown() < 0 ? ListValue.list(items) : call.generator(items.stream());
    }

    private static Value sum(Call call) {
        UnaryOperator<Value> attribute = attribute(call);
        Value sum = call.value("start", NumberValue.of(0));
        if (sum instanceof TextValue) {
            throw TemplateException.evaluation("sum() can't sum strings; use the filter join");
        }
        for (Iterator<Value> elements = call.elements().iterator(); elements.hasNext(); ) {
            sum = Arithmetic.ADD.apply(sum, attribute.apply(elements.next()), call.budget());
        }
        return sum;
    }

    private static Value pairs(Call call) {
        if (call.subject() instanceof MapValue map) {
            return call.generator(map.items(call.budget()).items().stream());
        }
        if (call.subject() instanceof Undefined) {
            return call.generator(Stream.empty());
        }
        throw TemplateException.evaluation("Can only get item pairs from a mapping.");
    }

    /** For false subjects, including None and 0, Jinja returns nothing without further checks. */
    private static Value picked(Call call, boolean byAttribute, boolean wanted) {
        if (!call.subject().isTrue()) {
            return call.generator(Stream.empty());
        }
        List<Value> given = call.arguments().positional();
        if (byAttribute && given.isEmpty()) {
            throw TemplateException.evaluation("Missing parameter for attribute name");
        }
        List<Value> testAndArguments = byAttribute ? given.subList(1, given.size()) : given;
        UnaryOperator<Value> test = testAndArguments.isEmpty()
                ? UnaryOperator.identity()
                : applied(Tests.get(testAndArguments.get(0).text(call.budget())), testAndArguments, call);
        return call.generator(call.elements().filter(element -> {
            Value tested = byAttribute ? Access.path(element, given.get(0), call.budget()) : element;
            return test.apply(tested).isTrue() == wanted;
        }));
    }

    /** A built-in with the arguments that follow its name. */
    private static UnaryOperator<Value> applied(Builtin builtin, List<Value> nameAndArguments, Call call) {
        Arguments arguments = new Arguments(
                nameAndArguments.subList(1, nameAndArguments.size()),
                call.arguments().named());
        return value -> builtin.apply(value, arguments, call.budget());
    }

    private static Value map(Call call) {
        if (!call.subject().isTrue()) {
            return call.generator(Stream.empty());
        }
        return call.generator(call.elements().map(mapping(call)));
    }

    private static UnaryOperator<Value> mapping(Call call) {
        List<Value> given = call.arguments().positional();
        Map<String, Value> named = call.arguments().named();
        Value attribute = named.get("attribute");
        if (!given.isEmpty()) {
            return applied(Filters.get(given.get(0).text(call.budget())), given, call);
        }
        if (attribute == null || !Set.of("attribute", "default").containsAll(named.keySet())) {
            throw TemplateException.evaluation("map takes a filter, or the names 'attribute' and 'default'");
        }
        Value fallback = named.get("default");
        return value -> {
            Value found = Access.path(value, attribute, call.budget());
            return fallback != null && found instanceof Undefined ? fallback : found;
        };
    }

    /** Maps an element to the call's attribute, or to itself without one. */
    private static UnaryOperator<Value> attribute(Call call) {
        return call.has("attribute")
                ? element -> Access.path(element, call.value("attribute"), call.budget())
                : UnaryOperator.identity();
    }

    /** Jinja's comparison key of a value: texts in lower case unless the call is case-sensitive. */
    private static UnaryOperator<Value> folded(Call call) {
        boolean isSensitive = call.flag("case_sensitive");
        return value -> !isSensitive && value instanceof TextValue text
                ? call.made(text.string().toLowerCase(Locale.ROOT))
                : value;
    }

    private static UnaryOperator<Value> key(Call call) {
        return attribute(call).andThen(folded(call))::apply;
    }

    private static Value unique(Call call) {
        UnaryOperator<Value> key = key(call);
        Set<Value> seen = new HashSet<>();
        return call.generator(call.elements().filter(element -> {
            call.budget().elements(1);
            return seen.add(MapValue.checkedKey(key.apply(element), call.budget()));
        }));
    }

    /** Sorts by lists of keys like Jinja, because lists can compare equal elements of any type. */
    private static Value sort(Call call) {
        if (call.value("attribute", TextValue.EMPTY) instanceof TextValue names
                && names.string().contains(",")) {
            throw TemplateException.unsupported("sorting by several attributes", "sort by one after the other");
        }
        UnaryOperator<Value> key = key(call);
        return sorted(items(call), value -> ListValue.list(List.of(key.apply(value))), call);
    }

    private static Value dictSort(Call call) {
        if (!(call.subject() instanceof MapValue map)) {
            throw call.subject()
                    .failure("dictsort takes a mapping, not " + call.subject().typeName());
        }
        int position = List.of("key", "value").indexOf(call.text("by", "key"));
        if (position < 0) {
            throw TemplateException.evaluation("You can only sort by either \"key\" or \"value\"");
        }
        UnaryOperator<Value> folded = folded(call);
        return sorted(
                map.items(call.budget()).items(),
                pair -> folded.apply(((ListValue) pair).items().get(position)),
                call);
    }

    /** The values stably sorted by their keys. */
    private static Value sorted(List<Value> values, UnaryOperator<Value> key, Call call) {
        boolean reverse = call.flag("reverse");
        List<Keyed> keyed = new ArrayList<>(call.budget().elements(values.size()));
        int comparisonsOfEach = Integer.SIZE - Integer.numberOfLeadingZeros(values.size());
        for (Value value : values) {
            Keyed each = new Keyed(key.apply(value), value);
            call.budget().charge(each.key.weight() * comparisonsOfEach);
            keyed.add(each);
        }
        keyed.sort((left, right) -> reverse ? right.key.compare(left.key) : left.key.compare(right.key));
        return ListValue.list(keyed.stream().map(Keyed::value).toList());
    }

    private static Value extreme(Call call, int sign) {
        UnaryOperator<Value> key = key(call);
        Iterator<Value> elements = call.elements().iterator();
        Value best = first(elements, "No aggregated item, sequence was empty.");
        Value bestKey = best instanceof Undefined ? best : key.apply(best);
        while (elements.hasNext()) {
            Value candidate = elements.next();
            Value candidateKey = key.apply(candidate);
            call.budget().charge(candidateKey.weight());
            if (candidateKey.compare(bestKey) * sign > 0) {
                best = candidate;
                bestKey = candidateKey;
            }
        }
        return best;
    }
}
