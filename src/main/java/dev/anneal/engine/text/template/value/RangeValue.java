package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Python's {@code range}: whole numbers that are counted when they are needed. */
public record RangeValue(long start, long stop, long step) implements Value {

    /** Checks the bounds; as in Jinja's sandbox a range of more than {@link Budget#MAX_ELEMENTS} is refused. */
    public RangeValue {
        if (step == 0) {
            throw TemplateException.evaluation("range() arg 3 must not be zero");
        }
        if (size(start, stop, step).compareTo(BigInteger.valueOf(Budget.MAX_ELEMENTS)) > 0) {
            throw TemplateException.budget("a range of more than " + Budget.MAX_ELEMENTS + " numbers");
        }
    }

    private static BigInteger size(long start, long stop, long step) {
        BigInteger stride = BigInteger.valueOf(step);
        BigInteger distance = BigInteger.valueOf(stop).subtract(BigInteger.valueOf(start));
        BigInteger beyondLast = distance.add(stride).subtract(BigInteger.valueOf(Long.signum(step)));
        return distance.signum() == stride.signum() ? beyondLast.divide(stride) : BigInteger.ZERO;
    }

    @Override
    public String typeName() {
        return "range";
    }

    @Override
    public void accept(ValueVisitor visitor) {
        visitor.range(this);
    }

    @Override
    public boolean isTrue() {
        return lengthIfKnown() > 0;
    }

    @Override
    public Iterator<Value> iterator() {
        return IntStream.range(0, length()).<Value>mapToObj(this::number).iterator();
    }

    @Override
    public boolean isIterable() {
        return true;
    }

    @Override
    public int lengthIfKnown() {
        return size(start, stop, step).intValue();
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        budget.charge(length());
        return IntStream.range(0, length()).anyMatch(i -> number(i).equals(element));
    }

    @Override
    public @Nullable Value item(Value key) {
        int position = NumberValue.position(key, length());
        return position < 0 ? null : number(position);
    }

    @Override
    public Value slice(Slice slice, Budget budget) {
        Slice.Positions positions = slice.within(length());
        long first = start + positions.first() * step;
        long stride = step * positions.step();
        return new RangeValue(first, first + positions.count() * stride, stride);
    }

    private NumberValue number(int position) {
        return NumberValue.of(start + position * step);
    }
}
