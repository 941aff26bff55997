package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.fault.ItemKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the keys of rows in limited memory: keys of a value with too many different ones are not counted. */
final class ItemKeysCounter {

    /** Maximum number of different keys of a value. Dictionaries, whose keys are data, have more. */
    private static final int MOST_KEYS = 64;

    /** Maximum number of different values in total. */
    private static final int MOST_NODES = 512;

    private static final int MOST_DEPTH = 6;

    /** Maximum number of inspected entries of an array. */
    private static final int MOST_ENTRIES = 8;

    private final Node root = new Node();
    private int nodes;

    /** Counts for one path in the rows. */
    private static final class Node {
        private long rows;
        private @Nullable Map<String, Node> children = new LinkedHashMap<>();

        ItemKeys counted() {
            Map<String, Node> mine = children;
            if (mine == null) {
                return new ItemKeys(rows, null);
            }
            Map<String, ItemKeys> keys = new LinkedHashMap<>();
            mine.forEach((name, child) -> keys.put(name, child.counted()));
            return new ItemKeys(rows, keys);
        }
    }

    void add(Map<String, ? extends @Nullable Object> item) {
        count(root, item, 0);
    }

    ItemKeys counted() {
        return root.counted();
    }

    private void count(Node node, @Nullable Object value, int depth) {
        node.rows++;
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, child) -> countChild(node, (String) key, child, depth));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < Math.min(list.size(), MOST_ENTRIES); i++) {
                countChild(node, ItemKeys.name(i), list.get(i), depth);
            }
            if (list.size() > MOST_ENTRIES) {
                node.children = null;
            }
        }
    }

    private void countChild(Node node, String name, @Nullable Object value, int depth) {
        Map<String, Node> children = node.children;
        if (children == null) {
            return;
        }
        Node child = children.get(name);
        if (child == null) {
            if (depth == MOST_DEPTH || nodes == MOST_NODES || children.size() == MOST_KEYS || !isShowable(name)) {
                node.children = null;
                return;
            }
            child = new Node();
            nodes++;
            children.put(name, child);
            if (depth == 0 && RowParser.CONVERSATION_KEYS.contains(name)) {
                // The conversation is not counted.
                child.children = null;
            }
        }
        count(child, value, depth + 1);
    }

    private static boolean isShowable(String name) {
        return name.equals(Excerpt.shorten(name));
    }
}
