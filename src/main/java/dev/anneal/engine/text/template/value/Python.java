package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Python's rules for values. A value is a string, whose elements are code points, a boolean or one of the
 * {@link Numbers}, a list, a map with keys made by {@link #key}, an iterator as a generator, or an object of a type
 * that Java lacks: {@link NoneType}, {@link Undefined}, {@link Sequence}, {@link Namespace}, {@link Callable} or
 * {@link LoopContext}. Templates can change namespaces only.
 *
 * <p>What walks through a value counts its steps and limits how deeply it descends: a list that holds another one
 * twice, that one a third one twice and so on has billions of elements after a few lines of a template.
 */
public final class Python {

    private static final Set<String> CONCATENABLE = Set.of("list", "tuple");

    /** A key of a mapping other than a text: {@code 1}, {@code 1.0} and {@code True} are the same one. */
    private record Key(Object value, Budget budget) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && equal(value, key.value, budget);
        }

        @Override
        public int hashCode() {
            return hash(value);
        }
    }

    private Python() {}

    /** Python's name of the value's type, which classes of types that Java lacks have as well. */
    public static String typeName(Object value) {
        if (value instanceof String || value instanceof Boolean) {
            return value instanceof String ? "str" : "bool";
        }
        if (value instanceof Number) {
            return value instanceof Double ? "float" : "int";
        }
        if (value instanceof List) {
            return value instanceof Sequence sequence ? sequence.typeName() : "list";
        }
        if (value instanceof Map || value instanceof Iterator) {
            return value instanceof Map ? "dict" : "generator";
        }
        return value instanceof Callable ? "function" : value.getClass().getSimpleName();
    }

    /** The error of an operation that the value does not support. That of an undefined value is its own reason. */
    public static TemplateException failure(Object value, String reason) {
        return TemplateException.evaluation(value instanceof Undefined undefined ? undefined.reason() : reason);
    }

    /** The value as an instance of a class, or the failure of something that takes one. */
    public static <T> T require(Class<T> type, Object value, String demand) {
        if (!type.isInstance(value)) {
            throw failure(value, demand + ", not " + typeName(value));
        }
        return type.cast(value);
    }

    /** The error of an operator that these types do not support. */
    static TemplateException unsupported(String operator, Object left, Object right) {
        Object culprit = right instanceof Undefined && !(left instanceof Undefined) ? right : left;
        String types = "'" + typeName(left) + "' and '" + typeName(right) + "'";
        return failure(culprit, "unsupported operand type(s) for " + operator + ": " + types);
    }

    /** Python's {@code bool(value)}. */
    public static boolean isTrue(Object value) {
        if (Numbers.of(value) instanceof Number number) {
            return number.doubleValue() != 0;
        }
        return value instanceof String text ? !text.isEmpty() : value != NONE && lengthIfKnown(value) != 0;
    }

    /** Python's {@code str(value)}. */
    public static String str(Object value, Budget budget) {
        Object shown = value instanceof Undefined ? "" : value;
        return shown instanceof String text ? text : PythonPrinter.repr(shown, budget);
    }

    /** Python's {@code len(value)}, or -1 if it has no length. */
    static int lengthIfKnown(Object value) {
        if (value instanceof String text) {
            return text.codePointCount(0, text.length());
        }
        if (value instanceof Collection<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        return value instanceof LoopContext loop ? loop.length() : value instanceof Undefined ? 0 : -1;
    }

    /** Python's {@code len(value)}. */
    static long length(Object value) {
        int length = lengthIfKnown(value);
        if (length < 0) {
            throw failure(value, "object of type '" + typeName(value) + "' has no len()");
        }
        return length;
    }

    /** Python's {@code iter(value)}. */
    static Iterator<?> iterator(Object value) {
        if (value instanceof String text) {
            return text.codePoints().mapToObj(Character::toString).iterator();
        }
        if (value instanceof Map<?, ?> map) {
            return map.keySet().stream().map(Python::unwrapped).iterator();
        }
        if (value instanceof Collection<?> list) {
            return list.iterator();
        }
        if (value instanceof Iterator<?> generator) {
            return generator;
        }
        if (value instanceof Undefined) {
            return Collections.emptyIterator();
        }
        throw failure(value, "'" + typeName(value) + "' object is not iterable");
    }

    /**
     * The elements of an iterable value, read lazily. Generators over generators count as nested, because reading one
     * reads all.
     */
    public static Stream<Object> elements(Object iterable, Budget budget) {
        Iterator<?> elements = iterator(iterable);
        return Stream.iterate(0, n -> budget.nested(elements::hasNext), n -> n + 1)
                .map(n -> elements.next());
    }

    /** Python's {@code list(iterable)}. */
    public static List<Object> list(Object iterable, Budget budget) {
        List<Object> items = new ArrayList<>();
        for (Iterator<?> elements = iterator(iterable); elements.hasNext(); budget.growTo(items.size())) {
            items.add(elements.next());
        }
        return items;
    }

    /** Whether it is a list or another collection with positions. */
    static boolean isIndexed(Object value) {
        String type = typeName(value);
        return value instanceof List && (CONCATENABLE.contains(type) || type.equals("range"));
    }

    /** Whether both are lists or both are tuples. */
    static boolean areAlike(Object left, Object right) {
        String type = typeName(left);
        return left instanceof List && type.equals(typeName(right)) && CONCATENABLE.contains(type);
    }

    /** UTF-16 units of a text; 0 for all other values. */
    static int units(Object value) {
        return value instanceof String text ? text.length() : 0;
    }

    /** Python's {@code left == right}, which costs a step for each value in them that is compared. */
    static boolean equal(Object left, Object right, Budget budget) {
        budget.scan(Math.min(units(left), units(right)));
        if (Numbers.of(left) instanceof Number first && Numbers.of(right) instanceof Number second) {
            return !Numbers.hasNaN(first, second) && Numbers.compare(first, second) == 0;
        }
        if (left instanceof List<?> list) {
            return equalLists(list, right, budget);
        }
        if (left instanceof Map<?, ?> map) {
            return right instanceof Map<?, ?> other
                    && map.size() == other.size()
                    && budget.nested(() -> map.entrySet().stream().allMatch(entry -> {
                        Object found = other.get(entry.getKey());
                        return found != null && equal(entry.getValue(), found, budget);
                    }));
        }
        boolean areUndefined = left instanceof Undefined && right instanceof Undefined;
        return left == right || areUndefined || (left instanceof String && left.equals(right));
    }

    private static boolean equalLists(List<?> list, Object right, Budget budget) {
        if (!isIndexed(list)) {
            throw TemplateException.unsupported(
                    "comparing values of type '" + typeName(list) + "'", "make lists of them");
        }
        return right instanceof List<?> other
                && typeName(list).equals(typeName(other))
                && list.size() == other.size()
                && budget.nested(
                        () -> IntStream.range(0, list.size()).allMatch(i -> equal(list.get(i), other.get(i), budget)));
    }

    /** Negative, zero or positive as the first value sorts before, equal to or after the second one. */
    static int compare(Object left, Object right, Budget budget) {
        if (areAlike(left, right)) {
            return budget.nested(() -> compareLists((List<?>) left, (List<?>) right, budget));
        }
        budget.scan(Math.min(units(left), units(right)));
        if (left instanceof String text && right instanceof String other) {
            return compareTexts(text, other);
        }
        if (Numbers.of(left) instanceof Number first && Numbers.of(right) instanceof Number second) {
            TemplateException.check(!Numbers.hasNaN(first, second), "nan has no order");
            return Numbers.compare(first, second);
        }
        throw unsupported("<", left, right);
    }

    /** Compares by code points, whose order differs from that of UTF-16 units. */
    private static int compareTexts(String left, String right) {
        int shared = Math.min(left.length(), right.length());
        for (int i = 0; i < shared; i++) {
            if (left.charAt(i) != right.charAt(i)) {
                return Integer.compare(left.codePointAt(i), right.codePointAt(i));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int compareLists(List<?> left, List<?> right, Budget budget) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i), budget)) {
                return compare(left.get(i), right.get(i), budget);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static int hash(Object value) {
        if (value instanceof List<?> tuple) {
            return tuple.stream().mapToInt(Python::hash).sum();
        }
        if (Numbers.of(value) instanceof Number number) {
            return Double.hashCode(number.doubleValue() + 0.0);
        }
        return value instanceof String ? value.hashCode() : 0;
    }

    /** Whether it can be a key, which costs a step for each value in it. */
    private static boolean isHashable(Object value, Budget budget) {
        budget.scan(units(value));
        if (!(value instanceof List<?> list)) {
            return !(value instanceof Map);
        }
        boolean isTuple = typeName(list).equals("tuple");
        return isTuple && budget.nested(() -> list.stream().allMatch(item -> isHashable(item, budget)));
    }

    /** A value as the key of a mapping. */
    public static Object key(Object value, Budget budget) {
        if (!isHashable(value, budget)) {
            throw failure(value, "unhashable type: '" + typeName(value) + "'");
        }
        return value instanceof String ? value : new Key(value, budget);
    }

    /** The value of a mapping's key. */
    static Object unwrapped(Object key) {
        return key instanceof Key wrapped ? wrapped.value : key;
    }

    /** Python's {@code map.items()}. */
    static List<?> items(Map<?, ?> map, Budget budget) {
        budget.elements(map.size());
        return map.entrySet().stream()
                .map(entry -> Sequence.of("tuple", List.of(unwrapped(entry.getKey()), entry.getValue())))
                .toList();
    }

    /** Python's {@code element in container}. */
    static boolean contains(Object container, Object element, Budget budget) {
        if (container instanceof String text) {
            String wanted = require(String.class, element, "'in <string>' requires string as left operand");
            return TextSearch.indexOf(text, wanted, 0, budget) >= 0;
        }
        boolean hasKeys = container instanceof Map || typeName(container).equals("dict_keys");
        Object wanted = hasKeys ? key(element, budget) : element;
        return container instanceof Map<?, ?> map
                ? map.containsKey(wanted)
                : elements(container, budget).anyMatch(each -> equal(each, element, budget));
    }

    /** Python's {@code object[key]}, or null if there is no such element. */
    static @Nullable Object item(Object object, Object key, Budget budget) {
        if (object instanceof Map<?, ?> map) {
            boolean isKey = key instanceof String || isHashable(key, budget);
            return isKey ? map.get(key instanceof String ? key : new Key(key, budget)) : null;
        }
        int length = object instanceof String || isIndexed(object) ? lengthIfKnown(object) : 0;
        if (!(Numbers.of(key) instanceof Long index) || index >= length || index < -length) {
            return null;
        }
        int position = Math.floorMod(index, length);
        return object instanceof String text
                ? Character.toString(text.codePointAt(text.offsetByCodePoints(0, position)))
                : ((List<?>) object).get(position);
    }
}
