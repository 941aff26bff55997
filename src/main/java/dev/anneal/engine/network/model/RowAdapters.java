package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The adapters of a batch's rows in the program's form: neighbouring rows with the same adapter are a segment. */
final class RowAdapters {

    private final List<AppliedAdapter> distinct = new ArrayList<>();
    private final List<Long> segments = new ArrayList<>();

    /** @param adapters of each row, in the form that {@link IncrementalDecoder#packed} gives */
    RowAdapters(TokenRows rows, List<AppliedAdapter> adapters) {
        int begin = 0;
        while (begin < rows.rows()) {
            int end = begin + 1;
            while (end < rows.rows() && same(adapters.get(begin), adapters.get(end))) {
                end++;
            }
            int tokens = rows.end(end - 1) - rows.begin(begin);
            segments.addAll(List.of((long) placeOf(adapters.get(begin)), (long) rows.begin(begin), (long) tokens));
            begin = end;
        }
    }

    private int placeOf(AppliedAdapter adapter) {
        for (int i = 0; i < distinct.size(); i++) {
            if (same(distinct.get(i), adapter)) {
                return i;
            }
        }
        if (adapter.hasSigns()) {
            throw new IllegalArgumentException("an adapter with groups of signs decodes in its ordinary form");
        }
        distinct.add(adapter);
        return distinct.size() - 1;
    }

    /** Compares by identity, because comparing tensors would take longer than the step. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(AppliedAdapter one, AppliedAdapter other) {
        return one == other;
    }

    /** For each distinct adapter the tensors of all its layers. */
    List<Tensor> tensors() {
        return distinct.stream()
                .flatMap(adapter -> adapter.layers().stream())
                .flatMap(List::stream)
                .toList();
    }

    /** For each segment the index of its adapter among the distinct ones, its first token and its number of tokens. */
    long[] segments() {
        return segments.stream().mapToLong(Long::longValue).toArray();
    }

    /** Of each distinct adapter. */
    long[] activations() {
        return distinct.stream().mapToLong(AppliedAdapter::activation).toArray();
    }

    /** Of each distinct adapter. */
    double[] betas() {
        return distinct.stream().mapToDouble(AppliedAdapter::beta).toArray();
    }
}
