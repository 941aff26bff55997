package dev.anneal.engine.train.passes;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.engine.text.data.EncodedRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The beginnings that rows have in common. A row keeps at least its last token, and its last token in common, for
 * itself.
 */
final class PrefixTree {

    private final List<EncodedRow> rows;

    /** Rows in the order of their ids: those that begin alike are neighbours. */
    private final List<Integer> sorted;

    /** For each place in this order the number of leading tokens shared with the next row. */
    private final int[] shared;

    private final List<Node> roots;
    private final Map<Integer, List<Node>> paths = new HashMap<>();

    /**
     * Tokens that several rows have in common.
     *
     * @param begin position of the first one; those before it belong to the parent
     * @param end position after the last one
     * @param rows all that have them
     * @param children longer beginnings of some of these rows
     */
    record Node(int begin, int end, List<Integer> rows, List<Node> children) {

        /** Identity: nodes are places in one tree. */
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /**
     * @param rows all rows of a step
     * @param included indices of those that are computed, ascending
     */
    PrefixTree(List<EncodedRow> rows, List<Integer> included, Sharing sharing) {
        this.rows = rows;
        this.sorted = new ArrayList<>(included);
        if (sharing != Sharing.NONE) {
            // A stable sort: equal rows stay in their order.
            sorted.sort(Comparator.comparing(row -> rows.get(row).ids(), Arrays::compare));
        }
        this.shared = new int[Math.max(sorted.size() - 1, 0)];
        for (int place = 0; place < shared.length; place++) {
            shared[place] = common(rows.get(sorted.get(place)), rows.get(sorted.get(place + 1)), sharing);
        }
        this.roots = nodes(0, sorted.size(), 0, List.of());
    }

    private static int common(EncodedRow one, EncodedRow other, Sharing sharing) {
        int limit = Math.min(sharing.limit(one), sharing.limit(other));
        if (limit < CommonBeginnings.SHORTEST_TOKENS) {
            return 0;
        }
        return Math.min(limit, CommonBeginnings.length(one.ids(), other.ids()) - 1);
    }

    /** Nodes of the rows from place {@code first} to {@code last} - 1, which have {@code begin} tokens in common. */
    private List<Node> nodes(int first, int last, int begin, List<Node> path) {
        List<Node> nodes = new ArrayList<>();
        int from = first;
        for (int place = first; place < last; place++) {
            boolean parts = place + 1 == last || shared[place] - begin < CommonBeginnings.SHORTEST_TOKENS;
            if (parts) {
                add(nodes, from, place + 1, begin, path);
                from = place + 1;
            }
        }
        return nodes;
    }

    private void add(List<Node> nodes, int first, int last, int begin, List<Node> path) {
        if (last - first == 1) {
            paths.put(sorted.get(first), path);
            return;
        }
        int end = Arrays.stream(shared, first, last - 1).min().orElseThrow();
        List<Node> children = new ArrayList<>();
        Node node = new Node(begin, end, List.copyOf(sorted.subList(first, last)), children);
        List<Node> longer = new ArrayList<>(path);
        longer.add(node);
        children.addAll(nodes(first, last, end, List.copyOf(longer)));
        nodes.add(node);
    }

    List<Node> roots() {
        return roots;
    }

    /** Rows so that those that begin alike are neighbours. */
    List<Integer> inOrder() {
        return sorted;
    }

    /** The nodes of a row, from the root. */
    List<Node> path(int row) {
        return paths.getOrDefault(row, List.of());
    }

    /** Number of tokens of a node and of all below it, each counted once. */
    int tokens(Node node) {
        int tokens = node.end() - node.begin();
        for (Node child : node.children()) {
            tokens += tokens(child);
        }
        return tokens + ownTokens(node);
    }

    /** Tokens that rows of the node, but of none of its children, have for themselves. */
    private int ownTokens(Node node) {
        int tokens = 0;
        for (int row : node.rows()) {
            List<Node> path = path(row);
            if (path.get(path.size() - 1).equals(node)) {
                tokens += rows.get(row).length() - node.end();
            }
        }
        return tokens;
    }
}
