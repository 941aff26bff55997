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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The weights of a base model with an adapter folded in, a block of rows in memory at a time: a whole matrix in fp32, four times over, would be the largest thing there. */
final class MergedRows implements WeightRows {

    private final WeightDirectory base;
    private final AdapterTensors adapter;
    private final double scale;
    private final Runnable betweenBlocks;
    private final Set<String> changed = new HashSet<>();
    private MergeTally tally = MergeTally.NOTHING;

    /** Takes the bytes of rows of one tensor, in order. */
    @FunctionalInterface
    interface ByteSink {
        void accept(ByteBuffer bytes) throws IOException;
    }

    /**
     * @param scale s of the adapter
     * @param betweenBlocks called before each block; may throw to end the export
     */
    MergedRows(WeightDirectory base, AdapterTensors adapter, double scale, Runnable betweenBlocks) {
        this.base = base;
        this.adapter = adapter;
        this.scale = scale;
        this.betweenBlocks = betweenBlocks;
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
    @Override
    public void forEach(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink sink) throws IOException {
        if (isTarget(entry)) {
            merge(entry, type, blocks, sink);
            return;
        }
        for (RowBlock block : blocks) {
            betweenBlocks.run();
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
                betweenBlocks.run();
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
        if (whole.deltas() > 0) {
            changed.add(entry.name());
        }
        tally = tally.plus(whole);
    }

    private Tensor read(Scope scope, TensorEntry entry, RowBlock block) throws IOException {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        return scope.ofBytes(bytes(entry, block), floating(entry.dtype()), shape);
    }

    /** Hands over the base's own bytes of a tensor that is none of the targets. */
    void forEachBytes(TensorEntry entry, List<RowBlock> blocks, ByteSink sink) throws IOException {
        for (RowBlock block : blocks) {
            betweenBlocks.run();
            sink.accept(bytes(entry, block));
        }
    }

    private ByteBuffer bytes(TensorEntry entry, RowBlock block) throws IOException {
        return base.fileOf(entry.name()).bytes(entry.name(), block.offset(), block.byteCount());
    }

    static ElementType floating(Dtype dtype) {
        return Objects.requireNonNull(WeightType.elementType(dtype), () -> "no element type for " + dtype);
    }

    /** Targets of which at least one element moved, in fp32. */
    int tensorsChanged() {
        return changed.size();
    }

    MergeTally tally() {
        return tally;
    }

    /**
     * Refuses a merge that is none or not whole.
     *
     * @throws ExportException {@code merge_equals_base} or {@code merge_incomplete}
     */
    private void requireAllTargetsChanged() {
        if (changed.isEmpty()) {
            throw new ExportException(
                    ExportException.Code.MERGE_EQUALS_BASE,
                    "the adapter changes nothing: the export would be the base");
        }
        if (changed.size() < targets()) {
            throw new ExportException(
                    ExportException.Code.MERGE_INCOMPLETE,
                    "the adapter targets " + targets() + " tensors but changes only " + changed.size());
        }
    }

    @Override
    public void describe(Map<String, @Nullable Object> proof) {
        requireAllTargetsChanged();
        proof.put("tensors_targeted", targets());
        proof.put("tensors_changed", changed.size());
        proof.put("differs_from_base", true);
    }

    /** Ends the reading of the adapter; the base's weights stay open. */
    @Override
    public void close() throws IOException {
        adapter.close();
    }

    static Opener opener(TrainedAdapter trained, Runnable betweenBlocks) {
        return (base, config) -> {
            AdapterTensors tensors = AdapterTensors.open(trained.file(), trained.config(), config);
            tensors.requireTargetsIn(base);
            return new MergedRows(base, tensors, trained.config().scale(), betweenBlocks);
        };
    }
}
