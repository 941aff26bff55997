package dev.anneal.engine.export;

import dev.anneal.engine.lora.MergeTally;
import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.RowBlock;
import dev.anneal.engine.safetensors.SafetensorsWriter;
import dev.anneal.engine.safetensors.TensorData;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Program;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Trained weights under the names and in the types of a base model's, or in another type; what the training does not know, such as stored
 * rotary tables, stays the base's. A block of rows is in memory at a time. Whoever makes it closes it.
 */
final class FullWeights implements AutoCloseable {

    private static final String OUTPUT_EMBEDDING = "lm_head.weight";

    private final WeightDirectory base;
    private final WeightDirectory trained;
    private final WeightType type;
    private final Runnable betweenTensors;
    private final Scope scope = Scope.open("cpu");
    private final Program program = Program.load(scope, "merge", "Merge", Map.of());
    private MergeTally tally = MergeTally.NOTHING;
    private int tensorsChanged;

    FullWeights(WeightDirectory base, WeightDirectory trained, WeightType type, Runnable betweenTensors) {
        this.base = base;
        this.trained = trained;
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
                        channel -> write(channel, entry, sizes.blockBytes())));
            }
        }
        ShardPlan plan = ShardPlan.of(tensors, sizes.shardBytes());
        for (int i = 0; i < plan.shards().size(); i++) {
            SafetensorsWriter.write(
                    folder.resolve(plan.nameOf(i)), plan.shards().get(i));
        }
        plan.writeIndex(folder);
    }

    private void write(WritableByteChannel channel, TensorEntry entry, int blockBytes) throws IOException {
        betweenTensors.run();
        MergeTally whole = MergeTally.NOTHING;
        for (RowBlock block : RowBlock.of(entry, blockBytes)) {
            try (Scope step = scope.child()) {
                Tensor before = read(step, base, entry, block);
                if (trained.contains(entry.name())) {
                    whole = whole.plus(replace(step, channel, before, entry, block));
                } else {
                    TensorData.writeFully(
                            channel, before.to(step, written(entry)).toBytes());
                }
            }
        }
        if (whole.nonFinite() > 0) {
            throw new ExportException(
                    ExportException.Code.NON_FINITE_DELTA,
                    "%d trained weights of '%s' are not finite in %s"
                            .formatted(whole.nonFinite(), entry.name(), type.of(entry.dtype())));
        }
        tensorsChanged += whole.deltas() > 0 ? 1 : 0;
        tally = tally.plus(whole);
    }

    private MergeTally replace(
            Scope step, WritableByteChannel channel, Tensor before, TensorEntry entry, RowBlock block)
            throws IOException {
        TensorEntry master = trained.entry(entry.name());
        Tensor after = step.ofBytes(
                trained.fileOf(entry.name())
                        .bytes(
                                entry.name(),
                                block.offset() / width(entry) * Float.BYTES,
                                Math.toIntExact(before.elements() * Float.BYTES)),
                floating(master.dtype()),
                before.shape());
        List<Tensor> results = program.callForList(step, "replace", before, after, step.zeros(written(entry), 1));
        TensorData.writeFully(channel, results.get(0).toBytes());
        double[] counts = results.get(1).toDoubles();
        return new MergeTally(
                before.elements(), (long) counts[0], (long) counts[1], counts[2], counts[3], (long) counts[4]);
    }

    private static Tensor read(Scope step, WeightDirectory files, TensorEntry entry, RowBlock block)
            throws IOException {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        return step.ofBytes(
                files.fileOf(entry.name()).bytes(entry.name(), block.offset(), block.byteCount()),
                floating(entry.dtype()),
                shape);
    }

    private static long width(TensorEntry entry) {
        return entry.dtype().bits() / Byte.SIZE;
    }

    private ElementType written(TensorEntry entry) {
        return floating(type.of(entry.dtype()));
    }

    private static ElementType floating(Dtype dtype) {
        return Objects.requireNonNull(WeightType.elementType(dtype), () -> "no element type for " + dtype);
    }

    int tensorsChanged() {
        return tensorsChanged;
    }

    MergeTally tally() {
        return tally;
    }

    @Override
    public void close() {
        scope.close();
    }
}
