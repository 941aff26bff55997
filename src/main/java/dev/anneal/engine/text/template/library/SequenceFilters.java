package dev.anneal.engine.text.template.library;

import static dev.anneal.engine.text.template.library.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.Arithmetic;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.MapView;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.StreamValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters of everything that can be iterated over: ends, sums, pieces. */
final class SequenceFilters {

    static final Map<String, Builtin> TABLE = Builtin.table(
            define("length", "", (value, arguments, environment) -> NumberValue.of(value.length())),
            define("list", "", (value, arguments, environment) -> ListValue.copyOf(value, environment.budget())),
            define("first", "", (value, arguments, environment) -> {
                Iterator<Value> iterator = value.iterator();
                return iterator.hasNext() ? iterator.next() : Undefined.because("No first item, sequence was empty.");
            }),
            define("last", "", SequenceFilters::last),
            define("join", "d attribute", SequenceFilters::join),
            define("reverse", "", SequenceFilters::reverse),
            define("sum", "attribute start", SequenceFilters::sum),
            define("items", "", SequenceFilters::items),
            define("batch", "linecount fill_with", SequenceFilters::batch),
            define("slice", "slices fill_with", SequenceFilters::slice));

    private SequenceFilters() {}

    private static Value last(Value value, BoundArguments arguments, Environment environment) {
        if (value.lengthIfKnown() < 0) {
            throw TemplateException.evaluation("'" + value.typeName() + "' object is not reversible");
        }
        if (value instanceof ListValue list && list.isTrue()) {
            return list.items().get(list.length() - 1);
        }
        List<Value> items = ListValue.itemsOf(value, environment.budget());
        return items.isEmpty() ? Undefined.because("No last item, sequence was empty.") : items.get(items.size() - 1);
    }

    private static Value join(Value value, BoundArguments arguments, Environment environment) {
        String separator = arguments.value("d", TextValue.EMPTY).text(environment.budget());
        BoundedText out = new BoundedText(environment.budget());
        boolean isFirst = true;
        for (Iterator<Value> iterator = value.iterator(); iterator.hasNext(); isFirst = false) {
            Value item = Keys.attribute(iterator.next(), arguments, environment);
            out.append(isFirst ? "" : separator).append(item.text(environment.budget()));
        }
        return new TextValue(out.toString());
    }

    private static Value reverse(Value value, BoundArguments arguments, Environment environment) {
        if (value instanceof TextValue text) {
            int[] codePoints = text.string().codePoints().toArray();
            StringBuilder out =
                    new StringBuilder(environment.budget().text(text.string().length()));
            for (int i = codePoints.length - 1; i >= 0; i--) {
                out.appendCodePoint(codePoints[i]);
            }
            return new TextValue(out.toString());
        }
        List<Value> items = ListValue.itemsOf(value, environment.budget());
        Collections.reverse(items);
        return value.lengthIfKnown() < 0 ? ListValue.list(items) : new StreamValue(value, items.iterator());
    }

    private static Value sum(Value value, BoundArguments arguments, Environment environment) {
        Value sum = arguments.value("start", NumberValue.of(0));
        for (Iterator<Value> iterator = value.iterator(); iterator.hasNext(); ) {
            Value item = Keys.attribute(iterator.next(), arguments, environment);
            environment.budget().step();
            sum = Arithmetic.ADD.apply(sum, item, environment.budget());
        }
        return sum;
    }

    private static Value items(Value value, BoundArguments arguments, Environment environment) {
        if (value instanceof Undefined) {
            return new StreamValue(value, Collections.emptyIterator());
        }
        if (value instanceof MapValue map) {
            return new StreamValue(
                    value, MapView.items(map, environment.budget()).iterator());
        }
        throw TemplateException.evaluation("Can only get item pairs from a mapping.");
    }

    private static int pieces(BoundArguments arguments, String parameter) {
        long count = arguments.integer(parameter, 0);
        if (count < 1) {
            throw TemplateException.evaluation("'" + parameter + "' must be at least 1");
        }
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    private static Value batch(Value value, BoundArguments arguments, Environment environment) {
        int size = pieces(arguments, "linecount");
        List<Value> items = ListValue.itemsOf(value, environment.budget());
        List<Value> batches = new ArrayList<>();
        for (int start = 0; start < items.size(); start += Math.min(size, items.size())) {
            int end = Math.min(items.size(), start + Math.min(size, items.size()));
            batches.add(piece(items.subList(start, end), size, arguments, environment));
        }
        return new StreamValue(value, batches.iterator());
    }

    private static Value slice(Value value, BoundArguments arguments, Environment environment) {
        int count = environment.budget().elements(pieces(arguments, "slices"));
        List<Value> items = ListValue.itemsOf(value, environment.budget());
        List<Value> slices = new ArrayList<>(count);
        int shortest = items.size() / count;
        int longer = items.size() % count;
        int start = 0;
        for (int i = 0; i < count; i++) {
            int end = start + shortest + (i < longer ? 1 : 0);
            slices.add(piece(items.subList(start, end), i < longer ? 0 : shortest + 1, arguments, environment));
            start = end;
        }
        return new StreamValue(value, slices.iterator());
    }

    /** A list of these items, filled up to the wanted size if there is something to fill it with. */
    private static Value piece(List<Value> items, int wanted, BoundArguments arguments, Environment environment) {
        boolean isFilled = arguments.has("fill_with");
        int size = environment.budget().elements(isFilled ? Math.max(wanted, items.size()) : items.size());
        List<Value> piece = new ArrayList<>(items);
        while (piece.size() < size) {
            piece.add(arguments.value("fill_with", NoneValue.NONE));
        }
        return ListValue.list(piece);
    }
}
