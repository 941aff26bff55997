package dev.anneal.engine.export;

import dev.anneal.engine.lora.AdapterMerge;
import dev.anneal.engine.lora.MergeTally;
import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.RowBlock;
import dev.anneal.engine.safetensors.SafetensorsWriter;
import dev.anneal.engine.safetensors.TensorData;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Writes a base model's weights with an adapter folded in, one tensor in memory at a time. */
final class MergedWeights {

    private static final String OUTPUT_EMBEDDING = "lm_head.weight";

    private final WeightDirectory base;
    private final AdapterTensors adapter;
    private final double scale;
    private final WeightType type;
    private final Runnable betweenTensors;
    private int tensorsChanged;
    private MergeTally tally = MergeTally.NOTHING;

    /**
     * @param scale s of the adapter
     * @param betweenTensors called before each tensor; may throw to end the export
     */
    MergedWeights(
            WeightDirectory base, AdapterTensors adapter, double scale, WeightType type, Runnable betweenTensors) {
        this.base = base;
        this.adapter = adapter;
        this.scale = scale;
        this.type = type;
        this.betweenTensors = betweenTensors;
    }

    /** @param tied whether the output embedding is the input embedding, and therefore not stored */
    void write(Path folder, boolean tied, ShardPlan.Sizes sizes) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (String name : base.names()) {
            if (!tied || !name.equals(OUTPUT_EMBEDDING)) {
                TensorEntry entry = base.entry(name);
                tensors.add(new TensorData(
                        name,
                        type.of(entry.dtype()),
                        entry.shape(),
                        channel -> writeContent(channel, entry, sizes.blockBytes())));
            }
        }
        ShardPlan plan = ShardPlan.of(tensors, sizes.shardBytes());
        for (int i = 0; i < plan.shards().size(); i++) {
            SafetensorsWriter.write(
                    folder.resolve(plan.nameOf(i)), plan.shards().get(i));
        }
        plan.writeIndex(folder);
    }

    private void writeContent(WritableByteChannel channel, TensorEntry entry, int blockBytes) throws IOException {
        betweenTensors.run();
        if (adapter.targets().contains(entry.name())) {
            merge(channel, entry, blockBytes);
        } else if (type.of(entry.dtype()) == entry.dtype()) {
            copy(channel, entry, blockBytes);
        } else {
            convert(channel, entry, blockBytes);
        }
    }

    /** A block of rows at a time: a whole matrix in fp32, four times over, would be the largest thing in memory. */
    private void merge(WritableByteChannel channel, TensorEntry entry, int blockBytes) throws IOException {
        MergeTally whole = MergeTally.NOTHING;
        try (Scope scope = Scope.open("cpu")) {
            AdapterMerge merge = new AdapterMerge(scope);
            long rows = entry.shape().get(0);
            long inputs = entry.shape().get(1);
            Tensor a = adapter.a(scope, entry.name(), inputs);
            float[] b = adapter.b(scope, entry.name(), rows).toFloats();
            int rank = Math.toIntExact(b.length / rows);
            for (RowBlock block : RowBlock.of(entry, blockBytes)) {
                try (Scope step = scope.child()) {
                    int from = Math.toIntExact(block.firstRow() * rank);
                    float[] own = Arrays.copyOfRange(b, from, Math.toIntExact(from + block.rows() * rank));
                    AdapterMerge.Merged merged = merge.merge(
                            step,
                            read(step, entry, block),
                            a,
                            step.floats(own, block.rows(), rank),
                            scale,
                            floating(type.of(entry.dtype())));
                    whole = whole.plus(merged.tally());
                    TensorData.writeFully(channel, merged.weight().toBytes());
                }
            }
        }
        count(entry, whole);
    }

    private void count(TensorEntry entry, MergeTally whole) {
        if (whole.nonFinite() > 0) {
            throw new ExportException(
                    ExportException.Code.NON_FINITE_DELTA,
                    "%d merged weights of '%s' are not finite in %s"
                            .formatted(whole.nonFinite(), entry.name(), type.of(entry.dtype())));
        }
        tensorsChanged += whole.deltas() > 0 ? 1 : 0;
        tally = tally.plus(whole);
    }

    private void convert(WritableByteChannel channel, TensorEntry entry, int blockBytes) throws IOException {
        for (RowBlock block : RowBlock.of(entry, blockBytes)) {
            try (Scope step = Scope.open("cpu")) {
                Tensor converted = read(step, entry, block).to(step, floating(type.of(entry.dtype())));
                TensorData.writeFully(channel, converted.toBytes());
            }
        }
    }

    private void copy(WritableByteChannel channel, TensorEntry entry, int blockBytes) throws IOException {
        for (RowBlock block : RowBlock.of(entry, blockBytes)) {
            TensorData.writeFully(channel, bytes(entry, block));
        }
    }

    private Tensor read(Scope scope, TensorEntry entry, RowBlock block) throws IOException {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        return scope.ofBytes(bytes(entry, block), floating(entry.dtype()), shape);
    }

    private ByteBuffer bytes(TensorEntry entry, RowBlock block) throws IOException {
        return base.fileOf(entry.name()).bytes(entry.name(), block.offset(), block.byteCount());
    }

    private static ElementType floating(Dtype dtype) {
        return Objects.requireNonNull(WeightType.elementType(dtype), () -> "no element type for " + dtype);
    }

    /** Targets of which at least one element moved, in fp32. */
    int tensorsChanged() {
        return tensorsChanged;
    }

    MergeTally tally() {
        return tally;
    }
}
