package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the weights of a trained model as safetensors. */
final class MergedWeights {

    private final WeightDirectory base;
    private final WeightRows rows;
    private final WeightType type;

    MergedWeights(WeightDirectory base, WeightRows rows, WeightType type) {
        this.base = base;
        this.rows = rows;
        this.type = type;
    }

    /**
     * @param parts of the folder: shards that are there and whole are not written again
     * @param tied whether the output embedding is the input embedding, and therefore not stored
     */
    void write(Path folder, Parts parts, boolean tied, ShardPlan.Sizes sizes) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (String name : base.names()) {
            if (!tied || !name.equals(CheckpointTensors.HEAD)) {
                TensorEntry entry = base.entry(name);
                tensors.add(new TensorData(
                        name,
                        type.of(entry.dtype()),
                        entry.shape(),
                        channel -> writeContent(channel, entry, sizes.blockBytes())));
            }
        }
        ShardPlan plan = ShardPlan.of(tensors, sizes.shardBytes());
        List<Parts.Part> shards = plan.parts();
        Map<String, Parts.Receipt> kept = parts.keep(shards);
        for (int i = 0; i < shards.size(); i++) {
            Parts.Part shard = shards.get(i);
            Parts.@Nullable Receipt receipt = kept.get(shard.name());
            if (receipt == null) {
                SafetensorsWriter.write(
                        folder.resolve(shard.name()), plan.shards().get(i));
                parts.made(shard, rows.account());
            } else {
                rows.add(receipt.account());
            }
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
