package dev.anneal.engine.export;

import dev.anneal.engine.safetensors.RowBlock;
import dev.anneal.engine.safetensors.SafetensorsWriter;
import dev.anneal.engine.safetensors.TensorData;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the weights of a trained model as safetensors. */
final class MergedWeights {

    private static final String OUTPUT_EMBEDDING = "lm_head.weight";

    private final WeightDirectory base;
    private final WeightRows rows;
    private final WeightType type;

    MergedWeights(WeightDirectory base, WeightRows rows, WeightType type) {
        this.base = base;
        this.rows = rows;
        this.type = type;
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
        List<RowBlock> blocks = RowBlock.of(entry, blockBytes);
        if (type.of(entry.dtype()) == entry.dtype() && !rows.isTrained(entry)) {
            rows.forEachBytes(entry, blocks, bytes -> TensorData.writeFully(channel, bytes));
        } else {
            rows.forEach(
                    entry,
                    WeightType.floating(type.of(entry.dtype())),
                    blocks,
                    merged -> TensorData.writeFully(channel, merged.toBytes()));
        }
    }
}
