package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The {@code start:stop:step} of a subscript; omitted parts are null. */
public record Slice(
        @Nullable Long start, @Nullable Long stop, @Nullable Long step) {

    /** The selected positions in a sequence of this length, clamped as in Python. */
    int[] positions(int length) {
        int stride = step == null ? 1 : clamp(step, -length - 1, length + 1);
        if (stride == 0) {
            throw TemplateException.evaluation("slice step cannot be zero");
        }
        int lowest = stride < 0 ? -1 : 0;
        int highest = stride < 0 ? length - 1 : length;
        int first = bound(start, stride < 0 ? highest : lowest, length, lowest, highest);
        int end = bound(stop, stride < 0 ? lowest : highest, length, lowest, highest);
        return IntStream.iterate(first, at -> stride < 0 ? at > end : at < end, at -> at + stride)
                .toArray();
    }

    private static int bound(@Nullable Long position, int fallback, int length, int lowest, int highest) {
        if (position == null) {
            return fallback;
        }
        return clamp(position < 0 ? position + length : position, lowest, highest);
    }

    private static int clamp(long value, int lowest, int highest) {
        return (int) Math.max(lowest, Math.min(highest, value));
    }
}
