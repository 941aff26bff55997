package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.TemplateException;
import java.util.List;
import java.util.stream.IntStream;

/** The {@code start:stop:step} of a subscript; omitted parts are None. */
public record Slice(Object start, Object stop, Object step) {

    /** Python's {@code value[start:stop:step]}. */
    public Object of(Object value, Budget budget) {
        if (value instanceof String text) {
            int[] codePoints = text.codePoints().toArray();
            budget.scan(codePoints.length);
            int[] taken = positions(codePoints.length).map(at -> codePoints[at]).toArray();
            return new String(taken, 0, budget.text(taken.length));
        }
        if (!(value instanceof List<?> list && Python.isIndexed(list))) {
            throw Python.failure(value, "'" + Python.typeName(value) + "' object is not subscriptable");
        }
        List<?> taken = positions(list.size()).mapToObj(list::get).toList();
        budget.elements(taken.size());
        return Sequence.of(Python.typeName(list), taken);
    }

    /** The selected positions in a sequence of this length, clamped as in Python. */
    private IntStream positions(int length) {
        int stride = clamped(step, 1, -length - 1, length + 1, 0);
        TemplateException.check(stride != 0, "slice step cannot be zero");
        int lowest = stride < 0 ? -1 : 0;
        int highest = lowest + length;
        int first = clamped(start, stride < 0 ? highest : lowest, lowest, highest, length);
        int end = clamped(stop, stride < 0 ? lowest : highest, lowest, highest, length);
        return IntStream.iterate(first, at -> stride < 0 ? at > end : at < end, at -> at + stride);
    }

    /** A part of the slice, where a negative one counts from {@code origin}; the fallback if it is omitted. */
    private static int clamped(Object part, int fallback, int lowest, int highest, int origin) {
        if (part == NONE) {
            return fallback;
        }
        long number = Numbers.asLong(Numbers.require(part, "slice indices must be integers or None"));
        return (int) Math.max(lowest, Math.min(highest, number < 0 ? number + origin : number));
    }
}
