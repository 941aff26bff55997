package dev.anneal.engine.export;

import dev.anneal.engine.lora.AdapterMerge;
import dev.anneal.engine.lora.MergeTally;
import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.RowBlock;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The weights of a base model with an adapter folded in, a block of rows in memory at a time: a whole matrix in fp32, four times over, would be the largest thing there. */
final class MergedRows {

    private final WeightDirectory base;
    private final AdapterTensors adapter;
    private final double scale;
    private int tensorsChanged;
    private MergeTally tally = MergeTally.NOTHING;

    /** Takes rows of one tensor, in order. The tensor it is given ends with the call. */
    @FunctionalInterface
    interface Sink {
        void accept(Tensor rows) throws IOException;
    }

    /** @param scale s of the adapter */
    MergedRows(WeightDirectory base, AdapterTensors adapter, double scale) {
        this.base = base;
        this.adapter = adapter;
        this.scale = scale;
    }

    WeightDirectory base() {
        return base;
    }

    /** Whether the adapter changes a tensor. */
    boolean isTarget(TensorEntry entry) {
        return adapter.targets().contains(entry.name());
    }

    /** How many tensors the adapter changes. */
    int targets() {
        return adapter.targets().size();
    }

    /**
     * Hands over all rows of a tensor, merged if it is a target.
     *
     * @param type in which they are handed over, rounded once
     * @throws ExportException {@code non_finite_delta} if a merged weight is no number in this type
     */
    void forEach(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink sink) throws IOException {
        if (isTarget(entry)) {
            merge(entry, type, blocks, sink);
            return;
        }
        for (RowBlock block : blocks) {
            try (Scope step = Scope.open("cpu")) {
                sink.accept(read(step, entry, block).to(step, type));
            }
        }
    }

    private void merge(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink sink) throws IOException {
        MergeTally whole = MergeTally.NOTHING;
        try (Scope scope = Scope.open("cpu")) {
            AdapterMerge merge = new AdapterMerge(scope);
            long rows = entry.shape().get(0);
            Tensor a = adapter.a(scope, entry.name(), entry.shape().get(1));
            float[] b = adapter.b(scope, entry.name(), rows).toFloats();
            int rank = Math.toIntExact(b.length / rows);
            for (RowBlock block : blocks) {
                try (Scope step = scope.child()) {
                    int from = Math.toIntExact(block.firstRow() * rank);
                    float[] own = Arrays.copyOfRange(b, from, Math.toIntExact(from + block.rows() * rank));
                    AdapterMerge.Merged merged = merge.merge(
                            step, read(step, entry, block), a, step.floats(own, block.rows(), rank), scale, type);
                    whole = whole.plus(merged.tally());
                    sink.accept(merged.weight());
                }
            }
        }
        count(entry, type, whole);
    }

    private void count(TensorEntry entry, ElementType type, MergeTally whole) {
        if (whole.nonFinite() > 0) {
            throw new ExportException(
                    ExportException.Code.NON_FINITE_DELTA,
                    "%d merged weights of '%s' are not finite in %s".formatted(whole.nonFinite(), entry.name(), type));
        }
        tensorsChanged += whole.deltas() > 0 ? 1 : 0;
        tally = tally.plus(whole);
    }

    private Tensor read(Scope scope, TensorEntry entry, RowBlock block) throws IOException {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        return scope.ofBytes(bytes(entry, block), floating(entry.dtype()), shape);
    }

    /** The base's own bytes of some rows. */
    ByteBuffer bytes(TensorEntry entry, RowBlock block) throws IOException {
        return base.fileOf(entry.name()).bytes(entry.name(), block.offset(), block.byteCount());
    }

    static ElementType floating(Dtype dtype) {
        return Objects.requireNonNull(WeightType.elementType(dtype), () -> "no element type for " + dtype);
    }

    /** Targets of which at least one element moved, in fp32. */
    int tensorsChanged() {
        return tensorsChanged;
    }

    MergeTally tally() {
        return tally;
    }

    /**
     * Refuses a merge that is none or not whole.
     *
     * @throws ExportException {@code merge_equals_base} or {@code merge_incomplete}
     */
    void requireAllTargetsChanged() {
        if (tensorsChanged == 0) {
            throw new ExportException(
                    ExportException.Code.MERGE_EQUALS_BASE,
                    "the adapter changes nothing: the export would be the base");
        }
        if (tensorsChanged < targets()) {
            throw new ExportException(
                    ExportException.Code.MERGE_INCOMPLETE,
                    "the adapter targets " + targets() + " tensors but changes only " + tensorsChanged);
        }
    }
}
