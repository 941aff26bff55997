package dev.anneal.engine.text.fault;

import dev.anneal.engine.text.spelling.Spelling;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tree of the keys in rows of a reinforcement file, for graders: this node is the row itself or a value within it.
 *
 * @param rows number of rows with the value
 * @param keys children of objects by key and of arrays by index, such as {@code [0]}, in alphabetical order; empty for
 *     other values, null if not counted
 */
public record ItemKeys(long rows, @Nullable Map<String, ItemKeys> keys) {

    public ItemKeys {
        keys = keys == null ? null : Collections.unmodifiableMap(new TreeMap<>(keys));
    }

    /** The key of a step in {@link #keys}. */
    public static String name(Object step) {
        return step instanceof Integer ? "[" + step + "]" : (String) step;
    }

    /**
     * Follows the steps of a grader's variable.
     *
     * @param steps keys as strings, array indexes as whole numbers
     */
    public Found find(List<Object> steps) {
        ItemKeys node = this;
        for (int i = 0; i < steps.size(); i++) {
            Map<String, ItemKeys> within = node.keys;
            if (within == null) {
                return new Found(true, node.rows, "", List.of());
            }
            String name = name(steps.get(i));
            ItemKeys next = within.get(name);
            if (next == null) {
                return new Found(false, 0, name, List.copyOf(within.keySet()));
            }
            node = next;
        }
        return new Found(true, node.rows, "", List.of());
    }

    /**
     * Result of following the steps.
     *
     * @param exists false if no row has the value; true also if that was not counted
     * @param rows number of rows with the value, or with the last counted step towards it
     * @param missing the first step that no row has; empty if the value exists
     * @param present keys that the rows have there instead
     */
    public record Found(boolean exists, long rows, String missing, List<String> present) {

        /** The present key most similar to the missing one; empty if none is similar. */
        public String nearest() {
            return Spelling.nearest(missing, present).orElse("");
        }
    }
}
