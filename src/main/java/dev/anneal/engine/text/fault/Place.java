package dev.anneal.engine.text.fault;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A position in a dataset, with checks that name it on failure. Its path is built only then. */
public final class Place {

    private final long line;
    private final @Nullable Place parent;
    private final Object step;
    private final boolean whole;

    private Place(long line, @Nullable Place parent, Object step, boolean whole) {
        this.line = line;
        this.parent = parent;
        this.step = step;
        this.whole = whole;
    }

    /** A whole line, from 1. */
    public static Place ofLine(long line) {
        return new Place(line, null, "$", false);
    }

    /** A whole row outside files. */
    public static Place ofNoFile() {
        return ofLine(RowProblem.NO_LINE);
    }

    /** The line, counted from 1. */
    public long line() {
        return line;
    }

    /** The value under a key of this object. */
    public Place key(String name) {
        return whole ? this : new Place(line, this, name, false);
    }

    /** An element of this array, from 0. */
    public Place index(int index) {
        return whole ? this : new Place(line, this, index, false);
    }

    /** This position for everything within it, for values that have other positions in the line than in the row. */
    public Place whole() {
        return new Place(line, parent, step, true);
    }

    /** The JSON path within the line, such as {@code $.messages[2].role}. */
    String path() {
        if (parent == null) {
            return "$";
        }
        if (step instanceof String name) {
            return parent.path() + (isPlain(name) ? "." + name : "[" + Excerpt.of(name) + "]");
        }
        return parent.path() + "[" + step + "]";
    }

    private static boolean isPlain(String name) {
        return !name.isEmpty() && name.length() <= 60 && name.chars().allMatch(c -> c == '_' || isLetterOrDigit(c));
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Refuses the value at this position. */
    public RowRejectedException reject(RowFault fault, String expected, String found, String remedy) {
        return new RowRejectedException(new RowProblem(line, fault, path(), expected, found, remedy));
    }

    @SuppressWarnings("unchecked") // Jackson makes no other maps
    public Map<String, @Nullable Object> object(@Nullable Object value, RowFault fault, String remedy)
            throws RowRejectedException {
        return as(Map.class, "an object", value, fault, remedy);
    }

    public List<?> array(@Nullable Object value, RowFault fault, String remedy) throws RowRejectedException {
        return as(List.class, "an array", value, fault, remedy);
    }

    public String string(@Nullable Object value, RowFault fault, String remedy) throws RowRejectedException {
        return as(String.class, "a string", value, fault, remedy);
    }

    private <T> T as(Class<T> type, String expected, @Nullable Object value, RowFault fault, String remedy)
            throws RowRejectedException {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw reject(fault, expected, Excerpt.of(value), remedy);
    }
}
