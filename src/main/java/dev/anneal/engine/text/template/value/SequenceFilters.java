package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.TemplateException.check;
import static dev.anneal.engine.text.template.value.Builtin.define;
import static dev.anneal.engine.text.template.value.NoneType.NONE;
import static dev.anneal.engine.text.template.value.Python.isTrue;
import static dev.anneal.engine.text.template.value.Python.require;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Callable.Arguments;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Filters of iterable values. Those that are generators in Jinja are lazy here as well. */
final class SequenceFilters {

    static final Map<String, Builtin> TABLE = Builtin.table(
            define("length", "", call -> Python.length(call.subject())),
            define("count", "", call -> Python.length(call.subject())),
            define("list", "", Call::items),
            define("first", "", call -> first(call.elements(), "No first item, sequence was empty.")),
            define("last", "", SequenceFilters::last),
            define("join", "d attribute", SequenceFilters::join),
            define("reverse", "", SequenceFilters::reverse),
            define("sum", "attribute start", SequenceFilters::sum),
            define("items", "", SequenceFilters::pairs),
            lazy("map", call -> call.elements().map(mapping(call))),
            lazy("select", call -> picked(call, false, true)),
            lazy("reject", call -> picked(call, false, false)),
            lazy("selectattr", call -> picked(call, true, true)),
            lazy("rejectattr", call -> picked(call, true, false)),
            define("unique", "case_sensitive attribute", SequenceFilters::unique),
            define("sort", "reverse case_sensitive attribute", SequenceFilters::sort),
            define("dictsort", "case_sensitive by reverse", SequenceFilters::dictSort),
            define("min", "case_sensitive attribute", call -> extreme(call, -1)),
            define("max", "case_sensitive attribute", call -> extreme(call, 1)));

    /** A value with its sort key. */
    private record Keyed(Object key, Object value) {}

    private SequenceFilters() {}

    private static Object first(Stream<Object> elements, String reason) {
        return elements.findFirst().orElseGet(() -> new Undefined(reason));
    }

    private static Object last(Call call) {
        int length = Python.lengthIfKnown(call.subject());
        if (length < 0) {
            throw Python.failure(call.subject(), "'" + Python.typeName(call.subject()) + "' object is not reversible");
        }
        List<?> items = call.subject() instanceof List<?> list ? list : call.items();
        return length == 0 ? new Undefined("No last item, sequence was empty.") : items.get(length - 1);
    }

    private static Object join(Call call) {
        Stream<String> texts = call.elements().map(attribute(call)).map(call::str);
        return BoundedText.joined(texts, call.str(call.value("d", "")), call.budget());
    }

    private static Object reverse(Call call) {
        if (call.subject() instanceof String text) {
            return new Slice(NONE, NONE, -1L).of(text, call.budget());
        }
        List<Object> items = call.items();
        Collections.reverse(items);
        return Python.lengthIfKnown(call.subject()) < 0 ? items : items.iterator();
    }

    private static Object sum(Call call) {
        Object start = call.value("start", 0L);
        check(!(start instanceof String), "sum() can't sum strings; use the filter join");
        return call.elements()
                .map(attribute(call))
                .reduce(start, (sum, element) -> Operators.get("+").apply(sum, element, call.budget()));
    }

    private static Object pairs(Call call) {
        Object subject = call.subject() instanceof Undefined ? Map.of() : call.subject();
        if (!(subject instanceof Map<?, ?> map)) {
            throw TemplateException.evaluation("Can only get item pairs from a mapping.");
        }
        return Python.items(map, call.budget()).iterator();
    }

    /** A generator. For false subjects, including None and 0, Jinja returns nothing without further checks. */
    private static Builtin lazy(String name, Function<Call, Stream<Object>> body) {
        return define(
                name, "*", call -> isTrue(call.subject()) ? body.apply(call).iterator() : Collections.emptyIterator());
    }

    private static Stream<Object> picked(Call call, boolean byAttribute, boolean wanted) {
        List<Object> given = call.arguments().positional();
        check(!byAttribute || !given.isEmpty(), "Missing parameter for attribute name");
        UnaryOperator<Object> attribute = path(byAttribute ? given.get(0) : NONE, call);
        List<Object> rest = given.subList(byAttribute ? 1 : 0, given.size());
        UnaryOperator<Object> test = rest.isEmpty() ? UnaryOperator.identity() : applied(Tests::get, rest, call);
        return call.elements().filter(element -> isTrue(test.apply(attribute.apply(element))) == wanted);
    }

    /** A built-in, given its name and its arguments. */
    private static UnaryOperator<Object> applied(Function<String, Builtin> builtins, List<Object> given, Call call) {
        Builtin builtin = builtins.apply(call.str(given.get(0)));
        Arguments arguments =
                new Arguments(given.subList(1, given.size()), call.arguments().named());
        return value -> builtin.apply(value, arguments, call.budget());
    }

    private static UnaryOperator<Object> mapping(Call call) {
        List<Object> given = call.arguments().positional();
        Map<String, Object> named = call.arguments().named();
        if (!given.isEmpty()) {
            return applied(Filters::get, given, call);
        }
        Object attribute = named.get("attribute");
        if (attribute == null || !Set.of("attribute", "default").containsAll(named.keySet())) {
            throw TemplateException.evaluation("map takes a filter, or the names 'attribute' and 'default'");
        }
        return path(attribute, call)
                .andThen(found -> found instanceof Undefined ? named.getOrDefault("default", found) : found)::apply;
    }

    /** Maps an element to the call's attribute, or to itself without one. */
    private static UnaryOperator<Object> attribute(Call call) {
        return path(call.value("attribute", NONE), call);
    }

    private static UnaryOperator<Object> path(Object path, Call call) {
        return element -> path == NONE ? element : Access.path(element, path, call.budget());
    }

    /** Jinja's comparison key of a value: texts in lower case unless the call is case-sensitive. */
    private static Object folded(Object value, Call call) {
        boolean isFolded = value instanceof String && !call.flag("case_sensitive");
        return isFolded ? call.made(value.toString().toLowerCase(Locale.ROOT)) : value;
    }

    /** Maps an element to its comparison key. */
    private static UnaryOperator<Object> key(Call call) {
        UnaryOperator<Object> attribute = attribute(call);
        return element -> folded(attribute.apply(element), call);
    }

    private static Object unique(Call call) {
        UnaryOperator<Object> key = key(call);
        Set<Object> seen = new HashSet<>();
        return call.elements()
                .filter(element -> {
                    call.budget().elements(1);
                    return seen.add(Python.key(key.apply(element), call.budget()));
                })
                .iterator();
    }

    /** Like Jinja, which compares lists of keys, because equal elements of any type can be sorted. */
    private static Object sort(Call call) {
        if (call.value("attribute", "") instanceof String names && names.contains(",")) {
            throw TemplateException.unsupported("sorting by several attributes", "sort by one after the other");
        }
        UnaryOperator<Object> key = key(call);
        return sorted(call.items(), value -> List.of(key.apply(value)), call);
    }

    private static Object dictSort(Call call) {
        Map<?, ?> map = require(Map.class, call.subject(), "dictsort takes a mapping");
        int position = List.of("key", "value").indexOf(call.text("by", "key"));
        check(position >= 0, "You can only sort by either \"key\" or \"value\"");
        List<?> items = Python.items(map, call.budget());
        return sorted(items, pair -> folded(((List<?>) pair).get(position), call), call);
    }

    /** The values stably sorted by their keys. */
    private static Object sorted(List<?> values, UnaryOperator<Object> key, Call call) {
        call.budget().elements(values.size());
        Comparator<Keyed> order = (left, right) -> Python.compare(left.key, right.key, call.budget());
        return values.stream()
                .map(value -> new Keyed(key.apply(value), value))
                .sorted(call.flag("reverse") ? order.reversed() : order)
                .map(Keyed::value)
                .toList();
    }

    private static Object extreme(Call call, int sign) {
        UnaryOperator<Object> key = key(call);
        return call.elements()
                .map(element -> new Keyed(key.apply(element), element))
                .reduce((best, each) -> Python.compare(each.key, best.key, call.budget()) * sign > 0 ? each : best)
                .map(Keyed::value)
                .orElseGet(() -> new Undefined("No aggregated item, sequence was empty."));
    }
}
