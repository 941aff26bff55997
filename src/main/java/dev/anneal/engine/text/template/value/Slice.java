package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import org.jspecify.annotations.Nullable;

/** The {@code start:stop:step} of a subscript; what is left out is null. */
public record Slice(
        @Nullable Long start, @Nullable Long stop, @Nullable Long step) {

    /**
     * The elements it takes out of a sequence.
     *
     * @param first position of the first one
     * @param step distance to the next one
     * @param count how many there are
     */
    public record Positions(int first, int step, int count) {

        /** Position of the n-th element that is taken. */
        public int at(int n) {
            return first + n * step;
        }
    }

    /** The positions within a sequence of this length, clamped as Python clamps them. */
    public Positions within(int length) {
        int stride = step == null ? 1 : clamp(step, -length - 1, length + 1);
        if (stride == 0) {
            throw TemplateException.evaluation("slice step cannot be zero");
        }
        int lowest = stride < 0 ? -1 : 0;
        int highest = stride < 0 ? length - 1 : length;
        int from = start == null ? (stride < 0 ? highest : lowest) : bound(start, length, lowest, highest);
        int to = stop == null ? (stride < 0 ? lowest : highest) : bound(stop, length, lowest, highest);
        int distance = stride < 0 ? from - to : to - from;
        int size = Math.abs(stride);
        return new Positions(from, stride, distance <= 0 ? 0 : (distance + size - 1) / size);
    }

    private static int bound(long position, int length, int lowest, int highest) {
        return clamp(position < 0 ? position + length : position, lowest, highest);
    }

    private static int clamp(long value, int lowest, int highest) {
        return (int) Math.max(lowest, Math.min(highest, value));
    }
}
