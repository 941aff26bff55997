package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arguments;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.MapView;
import dev.anneal.engine.text.template.value.StreamValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Filters that map, pick, sort and group elements. Those that Jinja writes as generators are lazy here as well. */
final class SelectionFilters {

    /** Names of what a group consists of. */
    private static final List<String> GROUP = List.of("grouper", "list");

    static final Map<String, Builtin> TABLE = Builtin.table(
            define("map", "*rest **named", SelectionFilters::map),
            picked("select", false, true),
            picked("reject", false, false),
            picked("selectattr", true, true),
            picked("rejectattr", true, false),
            define("unique", "case_sensitive attribute", SelectionFilters::unique),
            define(
                    "sort",
                    "reverse case_sensitive attribute",
                    (value, arguments, environment) -> ListValue.list(Keys.sorted(
                            ListValue.itemsOf(value, environment.budget()),
                            Keys.sortKey(arguments, environment),
                            arguments.flag("reverse"),
                            environment))),
            define("dictsort", "case_sensitive by reverse", SelectionFilters::dictSort),
            define("groupby", "attribute default case_sensitive", SelectionFilters::groupBy),
            define(
                    "min",
                    "case_sensitive attribute",
                    (value, arguments, environment) -> extreme(value, arguments, environment, -1)),
            define(
                    "max",
                    "case_sensitive attribute",
                    (value, arguments, environment) -> extreme(value, arguments, environment, 1)));

    private SelectionFilters() {}

    private static Builtin picked(String name, boolean byAttribute, boolean wanted) {
        return define(name, "*rest **named", (value, arguments, environment) -> {
            List<Value> rest = arguments.rest();
            if (!value.isTrue()) {
                return nothing(value);
            }
            if (byAttribute && rest.isEmpty()) {
                throw TemplateException.evaluation("Missing parameter for attribute name");
            }
            List<Value> testAndArguments = byAttribute ? rest.subList(1, rest.size()) : rest;
            UnaryOperator<Value> test = test(testAndArguments, arguments.named(), environment);
            Iterator<Value> source = value.iterator();
            return new StreamValue(value, new FilteredIterator(source, element -> {
                environment.budget().step();
                Value tested = byAttribute ? Access.path(element, rest.get(0), environment) : element;
                return test.apply(tested).isTrue() == wanted;
            }));
        });
    }

    /** Of what counts as false, None and 0 among it, Jinja picks and maps nothing, and asks no further. */
    private static Value nothing(Value value) {
        return new StreamValue(value, Collections.emptyIterator());
    }

    private static UnaryOperator<Value> test(
            List<Value> nameAndArguments, Map<String, Value> named, Environment environment) {
        if (nameAndArguments.isEmpty()) {
            return UnaryOperator.identity();
        }
        Builtin test = Tests.get(nameAndArguments.get(0).text(environment.budget()));
        Arguments arguments = new Arguments(nameAndArguments.subList(1, nameAndArguments.size()), named);
        return value -> test.apply(value, arguments, environment);
    }

    private static Value map(Value value, BoundArguments arguments, Environment environment) {
        if (!value.isTrue()) {
            return nothing(value);
        }
        UnaryOperator<Value> function = mapping(arguments, environment);
        Iterator<Value> source = value.iterator();
        return new StreamValue(value, new Iterator<>() {
            @Override
            public boolean hasNext() {
                return source.hasNext();
            }

            @Override
            public Value next() {
                environment.budget().step();
                return function.apply(source.next());
            }
        });
    }

    private static UnaryOperator<Value> mapping(BoundArguments arguments, Environment environment) {
        Value attribute = arguments.named().get("attribute");
        if (arguments.rest().isEmpty() && attribute != null) {
            Value fallback = arguments.named().getOrDefault("default", Undefined.because("no default is given"));
            boolean hasFallback = arguments.named().containsKey("default");
            return value -> {
                Value found = Access.path(value, attribute, environment);
                return hasFallback && found instanceof Undefined ? fallback : found;
            };
        }
        if (arguments.rest().isEmpty()) {
            throw TemplateException.evaluation("map requires a filter argument");
        }
        Builtin filter = Filters.get(arguments.rest().get(0).text(environment.budget()));
        Arguments others =
                new Arguments(arguments.rest().subList(1, arguments.rest().size()), arguments.named());
        return value -> filter.apply(value, others, environment);
    }

    private static Value unique(Value value, BoundArguments arguments, Environment environment) {
        UnaryOperator<Value> key = Keys.comparable(arguments, environment);
        Set<Value> seen = new HashSet<>();
        Iterator<Value> source = value.iterator();
        return new StreamValue(value, new FilteredIterator(source, element -> {
            environment.budget().elements(1);
            return seen.add(MapValue.checkedKey(key.apply(element), environment.budget()));
        }));
    }

    private static Value dictSort(Value value, BoundArguments arguments, Environment environment) {
        if (!(value instanceof MapValue map)) {
            throw TemplateException.evaluation("dictsort wants a mapping, not " + value.typeName());
        }
        int position = switch (arguments.text("by", "key")) {
            case "key" -> 0;
            case "value" -> 1;
            default -> throw TemplateException.evaluation("You can only sort by either \"key\" or \"value\"");
        };
        UnaryOperator<Value> folded = Keys.folded(arguments, environment);
        List<Value> pairs = ListValue.itemsOf(MapView.items(map, environment.budget()), environment.budget());
        return ListValue.list(Keys.sorted(
                pairs,
                pair -> folded.apply(((ListValue) pair).items().get(position)),
                arguments.flag("reverse"),
                environment));
    }

    private static Value groupBy(Value value, BoundArguments arguments, Environment environment) {
        Value fallback = arguments.value("default", Undefined.because("no default is given"));
        UnaryOperator<Value> folded = Keys.folded(arguments, environment);
        UnaryOperator<Value> attribute = element -> {
            Value found = Keys.attribute(element, arguments, environment);
            return found instanceof Undefined ? fallback : found;
        };
        UnaryOperator<Value> key = attribute.andThen(folded)::apply;
        Map<Value, List<Value>> groups = new LinkedHashMap<>();
        for (Value element : Keys.sorted(ListValue.itemsOf(value, environment.budget()), key, false, environment)) {
            groups.computeIfAbsent(
                            MapValue.checkedKey(key.apply(element), environment.budget()), k -> new ArrayList<>())
                    .add(element);
        }
        List<Value> pairs = new ArrayList<>();
        groups.values()
                .forEach(group -> pairs.add(
                        ListValue.namedTuple(GROUP, List.of(attribute.apply(group.get(0)), ListValue.list(group)))));
        return ListValue.list(pairs);
    }

    private static Value extreme(Value value, BoundArguments arguments, Environment environment, int sign) {
        UnaryOperator<Value> key = Keys.comparable(arguments, environment);
        Iterator<Value> iterator = value.iterator();
        if (!iterator.hasNext()) {
            return Undefined.because("No aggregated item, sequence was empty.");
        }
        Value best = iterator.next();
        Value bestKey = key.apply(best);
        while (iterator.hasNext()) {
            Value candidate = iterator.next();
            Value candidateKey = key.apply(candidate);
            environment.budget().charge(candidateKey.weight());
            if (candidateKey.compare(bestKey) * sign > 0) {
                best = candidate;
                bestKey = candidateKey;
            }
        }
        return best;
    }
}
