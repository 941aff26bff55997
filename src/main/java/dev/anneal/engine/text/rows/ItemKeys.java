package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.spelling.Spelling;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What rows of a reinforcement file hold for graders, as a tree: this node is the row itself or a value within it.
 *
 * @param rows rows that have the value
 * @param keys what objects there have by key, and arrays by place, as {@code [0]}, in alphabetical order; empty for other values, null where it was not counted
 */
public record ItemKeys(long rows, @Nullable Map<String, ItemKeys> keys) {

    public ItemKeys {
        keys = keys == null ? null : Collections.unmodifiableMap(new TreeMap<>(keys));
    }

    /** The key of a step in {@link #keys}. */
    static String name(Object step) {
        return step instanceof Integer ? "[" + step + "]" : (String) step;
    }

    /**
     * Follows the steps of a grader's variable.
     *
     * @param steps keys as strings, places in arrays as whole numbers
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
     * Where the steps lead.
     *
     * @param exists false if no row has the value; true also where that was not counted
     * @param rows rows that have the value, or at least what leads to it
     * @param missing the first step that no row has; empty if one has
     * @param present what the rows have there instead
     */
    public record Found(boolean exists, long rows, String missing, List<String> present) {

        /** Which of the present keys the missing one may be meant for; empty if none is like it. */
        public String nearest() {
            return Spelling.nearest(missing, present).orElse("");
        }
    }
}
