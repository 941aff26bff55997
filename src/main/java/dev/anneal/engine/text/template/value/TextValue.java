package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code str}. Its elements are code points, of which some take two UTF-16 units.
 *
 * <p>Comparable so that hash tables stay fast with maliciously colliding keys.
 */
public record TextValue(String string) implements Value, Comparable<TextValue> {

    /** The empty text. */
    public static final TextValue EMPTY = new TextValue("");

    private static final int UNITS_PER_WEIGHT = 32;

    @Override
    public int compareTo(TextValue other) {
        return string.compareTo(other.string);
    }

    @Override
    public String typeName() {
        return "str";
    }

    @Override
    public boolean isTrue() {
        return !string.isEmpty();
    }

    @Override
    public String text(Budget budget) {
        return string;
    }

    @Override
    public long weight() {
        return 1L + string.length() / UNITS_PER_WEIGHT;
    }

    @Override
    public Iterator<Value> iterator() {
        return string.codePoints()
                .<Value>mapToObj(codePoint -> new TextValue(Character.toString(codePoint)))
                .iterator();
    }

    @Override
    public int lengthIfKnown() {
        return string.codePointCount(0, string.length());
    }

    @Override
    public boolean contains(Value element, Budget budget) {
        if (element instanceof TextValue text) {
            return TextSearch.indexOf(string, text.string, 0, budget) >= 0;
        }
        throw element.failure("'in <string>' requires string as left operand, not " + element.typeName());
    }

    @Override
    public @Nullable Value item(Value key) {
        int position = NumberValue.position(key, length());
        return position < 0
                ? null
                : new TextValue(Character.toString(string.codePointAt(string.offsetByCodePoints(0, position))));
    }

    @Override
    public Value slice(Slice slice, Budget budget) {
        int[] codePoints = string.codePoints().toArray();
        budget.scan(codePoints.length);
        int[] positions = slice.positions(codePoints.length);
        StringBuilder taken = new StringBuilder(budget.text(positions.length));
        for (int position : positions) {
            taken.appendCodePoint(codePoints[position]);
        }
        return new TextValue(taken.toString());
    }

    @Override
    public Value plus(Value other, Budget budget) {
        if (!(other instanceof TextValue text)) {
            throw other.failure("can only concatenate str (not \"" + other.typeName() + "\") to str");
        }
        budget.text((long) string.length() + text.string.length());
        return new TextValue(string.concat(text.string));
    }

    @Override
    public Value times(NumberValue count, Budget budget) {
        int copies = string.isEmpty() ? 0 : count.repetitions();
        budget.text(Math.multiplyFull(copies, string.length()));
        return new TextValue(string.repeat(copies));
    }

    /** Compares by code points, whose order differs from that of UTF-16 units. */
    @Override
    public int compare(Value other) {
        if (!(other instanceof TextValue text)) {
            return Value.super.compare(other);
        }
        int shared = Math.min(string.length(), text.string.length());
        for (int i = 0; i < shared; i++) {
            if (string.charAt(i) != text.string.charAt(i)) {
                return Integer.compare(string.codePointAt(i), text.string.codePointAt(i));
            }
        }
        return Integer.compare(string.length(), text.string.length());
    }
}
