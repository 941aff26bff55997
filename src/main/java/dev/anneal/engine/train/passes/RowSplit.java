package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.PrefixTree.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Splits the rows of a step into micro-batches of about equal tokens, an even number if there are several, the one with
 * the most tokens first: threads that take them in this order end at about the same time. Depends on the rows and the
 * kind of device, but not on the number of threads, so that sums are formed in the same order everywhere. Units without
 * a trained token are left out.
 *
 * <p>What rows have in common is computed once in a micro-batch. A beginning of half a micro-batch and more, of rows
 * that do not fit into one, becomes a {@link Prefix} of several micro-batches.
 */
final class RowSplit {

    private final List<EncodedRow> rows;
    private final int unit;
    private final DeviceLimits limits;
    private final PrefixTree tree;
    private final Map<Integer, Prefix> prefixOf = new HashMap<>();

    /**
     * @param unit number of consecutive rows that stay in one micro-batch, in order; must divide the number of rows
     * @param sharing {@link Sharing#ALL} only if each row is a unit: a prefix trains tokens of all its rows, and a unit
     *     of several may continue a shorter one
     */
    RowSplit(List<EncodedRow> rows, int unit, Sharing sharing, DeviceLimits limits) {
        if (sharing == Sharing.ALL && unit > 1) {
            throw new IllegalArgumentException("rows of a unit cannot share trained tokens");
        }
        this.rows = rows;
        this.unit = unit;
        this.limits = limits;
        List<Integer> trained = IntStream.range(0, rows.size())
                .filter(row ->
                        unit(row).stream().anyMatch(each -> rows.get(each).trainedTokens() > 0))
                .boxed()
                .toList();
        this.tree = new PrefixTree(rows, trained, sharing);
        tree.roots().forEach(node -> findPrefixes(node, null));
    }

    private List<Integer> unit(int row) {
        int first = row - row % unit;
        return IntStream.range(first, first + unit).boxed().toList();
    }

    private void findPrefixes(Node node, @Nullable Prefix above) {
        int tokens = node.end() - Prefix.endOf(above);
        boolean pays = tokens >= limits.prefixTokens() && tree.tokens(node) > limits.microBatchTokens();
        Prefix nearest = pays ? new Prefix(rows, node, above, limits.microBatchTokens()) : above;
        if (nearest != null) {
            node.rows().forEach(row -> prefixOf.put(row, nearest));
        }
        node.children().forEach(child -> findPrefixes(child, nearest));
    }

    List<MicroBatch> microBatches() {
        Map<Prefix, List<Cluster>> byPrefix = new LinkedHashMap<>();
        for (Cluster cluster : clusters()) {
            byPrefix.computeIfAbsent(cluster.prefix, none -> new ArrayList<>()).add(cluster);
        }
        return byPrefix.values().stream().flatMap(group -> fill(group).stream()).toList();
    }

    /** Units that share tokens, joined until they have those of a micro-batch. */
    private List<Cluster> clusters() {
        List<Cluster> clusters = new ArrayList<>();
        Set<Integer> taken = new HashSet<>();
        for (int row : tree.inOrder()) {
            List<Integer> next = unit(row);
            if (!taken.add(next.get(0))) {
                continue;
            }
            Prefix prefix = commonPrefix(next);
            int last = clusters.size() - 1;
            boolean joins = last >= 0
                    && clusters.get(last).prefix == prefix
                    && clusters.get(last).tokens < limits.microBatchTokens()
                    && clusters.get(last).hasRoomFor(next)
                    && clusters.get(last).shares(row);
            if (!joins) {
                clusters.add(new Cluster(prefix));
            }
            clusters.get(clusters.size() - 1).add(next);
        }
        return clusters;
    }

    /** The longest prefix of all rows of a unit. */
    private @Nullable Prefix commonPrefix(List<Integer> unitRows) {
        Prefix common = prefixOf.get(unitRows.get(0));
        for (int row : unitRows) {
            Prefix own = prefixOf.get(row);
            while (common != null && (own == null || !own.continuesOrIs(common))) {
                common = common.parent();
            }
        }
        return common;
    }

    private List<MicroBatch> fill(List<Cluster> clusters) {
        List<Cluster> longestFirst = new ArrayList<>(clusters);
        longestFirst.sort(Comparator.<Cluster>comparingInt(cluster -> -cluster.tokens)
                .thenComparing(cluster -> cluster.rows.get(0)));
        int tokens = clusters.stream().mapToInt(cluster -> cluster.tokens).sum();
        List<Bin> bins = new ArrayList<>();
        for (int number = 0; number < limits.microBatches(tokens, clusters.size()); number++) {
            bins.add(new Bin(number));
        }
        PriorityQueue<Bin> emptiestFirst = new PriorityQueue<>(bins);
        for (Cluster next : longestFirst) {
            Bin emptiest = emptiestFirst.remove();
            emptiest.add(next);
            emptiestFirst.add(emptiest);
        }
        return bins.stream()
                .sorted(Comparator.comparingInt(bin -> -bin.tokens))
                .map(bin -> microBatch(bin.rows, clusters.get(0).prefix))
                .toList();
    }

    private MicroBatch microBatch(Collection<Integer> unordered, @Nullable Prefix prefix) {
        List<Integer> own = unordered.stream().sorted().toList();
        int start = Prefix.endOf(prefix);
        Map<Node, Integer> counts = new HashMap<>();
        own.forEach(row -> tree.path(row).forEach(node -> counts.merge(node, 1, Integer::sum)));
        List<TokenRows.Part> parts = new ArrayList<>();
        Map<Node, Integer> partOf = new HashMap<>();
        List<Integer> lastParts = new ArrayList<>();
        for (int row : own) {
            int[] ids = rows.get(row).ids();
            int before = TokenRows.NOTHING;
            int begin = start;
            for (Node node : sharedNodes(tree.path(row), counts, start)) {
                Integer known = partOf.get(node);
                if (known == null) {
                    known = parts.size();
                    partOf.put(node, known);
                    parts.add(part(ids, begin, node.end(), before));
                }
                before = known;
                begin = node.end();
            }
            lastParts.add(parts.size());
            parts.add(part(ids, begin, ids.length, before));
        }
        TokenRows tokens = TokenRows.ofParts(start, parts, lastParts);
        List<int[]> labels = own.stream().map(row -> rows.get(row).labels()).toList();
        return new MicroBatch(tokens, Targets.of(tokens, labels, EncodedRow.NOT_TRAINED), own, prefix, 0);
    }

    private static TokenRows.Part part(int[] ids, int begin, int end, int before) {
        return new TokenRows.Part(Arrays.copyOfRange(ids, begin, end), before);
    }

    /**
     * Nodes of a row's path, behind its prefix, that several rows of the micro-batch have; of those with the same rows
     * the last.
     */
    private static List<Node> sharedNodes(List<Node> path, Map<Node, Integer> counts, int start) {
        List<Node> shared = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            int count = counts.getOrDefault(path.get(i), 0);
            boolean isLast = i + 1 == path.size() || counts.getOrDefault(path.get(i + 1), 0) < count;
            if (path.get(i).end() > start && count > 1 && isLast) {
                shared.add(path.get(i));
            }
        }
        return shared;
    }

    /** Rows that stay together. */
    private final class Cluster {
        private final @Nullable Prefix prefix;
        private final List<Integer> rows = new ArrayList<>();
        private final Set<Node> nodes = new HashSet<>();

        /** Behind the prefix; shared ones are counted once. */
        private int tokens;

        Cluster(@Nullable Prefix prefix) {
            this.prefix = prefix;
        }

        boolean hasRoomFor(List<Integer> unitRows) {
            int more = unitRows.stream()
                    .mapToInt(row -> RowSplit.this.rows.get(row).length() - sharedEnd(row))
                    .sum();
            return 4 * (tokens + more) <= 5 * limits.microBatchTokens();
        }

        boolean shares(int row) {
            return sharedEnd(row) > Prefix.endOf(prefix);
        }

        private int sharedEnd(int row) {
            return tree.path(row).stream()
                    .filter(nodes::contains)
                    .mapToInt(Node::end)
                    .reduce(Prefix.endOf(prefix), Math::max);
        }

        void add(List<Integer> unitRows) {
            for (int row : unitRows) {
                tokens += RowSplit.this.rows.get(row).length() - sharedEnd(row);
                nodes.addAll(tree.path(row));
                rows.add(row);
            }
        }
    }

    /** A micro-batch that is being filled. */
    private static final class Bin implements Comparable<Bin> {
        private final int number;
        private final List<Integer> rows = new ArrayList<>();
        private int tokens;

        Bin(int number) {
            this.number = number;
        }

        @Override
        public int compareTo(Bin other) {
            return tokens == other.tokens
                    ? Integer.compare(number, other.number)
                    : Integer.compare(tokens, other.tokens);
        }

        void add(Cluster cluster) {
            rows.addAll(cluster.rows);
            tokens += cluster.tokens;
        }
    }
}
