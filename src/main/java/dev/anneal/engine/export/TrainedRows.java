package dev.anneal.engine.export;

import dev.anneal.engine.safetensors.RowBlock;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The masters of a training of all weights, and what the training does not know from the base. */
final class TrainedRows implements WeightRows {

    private final WeightDirectory base;
    private final WeightDirectory trained;
    private final Runnable betweenBlocks;
    private final Set<String> changed = new HashSet<>();

    private TrainedRows(WeightDirectory base, WeightDirectory trained, Runnable betweenBlocks) {
        this.base = base;
        this.trained = trained;
        this.betweenBlocks = betweenBlocks;
    }

    static Opener opener(Path checkpoint, Runnable betweenBlocks) {
        return (base, config) -> new TrainedRows(base, WeightDirectory.open(checkpoint), betweenBlocks);
    }

    @Override
    public void forEach(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink sink) throws IOException {
        boolean isTrained = trained.contains(entry.name());
        for (RowBlock block : blocks) {
            betweenBlocks.run();
            try (Scope step = Scope.open("cpu")) {
                Tensor before = read(step, base, entry.name(), block);
                Tensor rows = isTrained ? read(step, trained, entry.name(), block) : before;
                if (isTrained
                        && !changed.contains(entry.name())
                        && !Arrays.equals(before.toFloats(), rows.toFloats())) {
                    changed.add(entry.name());
                }
                sink.accept(rows.to(step, type));
            }
        }
    }

    /** The block's rows in a directory, whatever type the tensor has there. */
    private static Tensor read(Scope step, WeightDirectory files, String name, RowBlock block) throws IOException {
        TensorEntry entry = files.entry(name);
        long rowBytes = entry.byteCount() / entry.shape().get(0);
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        return step.ofBytes(
                files.fileOf(name).bytes(name, block.firstRow() * rowBytes, Math.toIntExact(block.rows() * rowBytes)),
                MergedRows.floating(entry.dtype()),
                shape);
    }

    @Override
    public void describe(Map<String, @Nullable Object> proof) {
        if (changed.isEmpty()) {
            throw new ExportException(
                    ExportException.Code.MERGE_EQUALS_BASE,
                    "the training has changed nothing: the export would be the base");
        }
        proof.put("tensors_targeted", trained.names().size());
        proof.put("tensors_changed", changed.size());
        proof.put("differs_from_base", true);
    }

    @Override
    public void close() throws IOException {
        trained.close();
    }
}
