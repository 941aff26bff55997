package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.export.weight.WeightType;
import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the weights of a trained model as safetensors. */
final class MergedWeights {

    /** Bytes of a tensor's rows that are merged at a time; a merge needs about ten copies of them in fp32 and fp64. */
    static final int BLOCK_BYTES = 4 << 20;

    private final WeightDirectory base;
    private final WeightRows rows;
    private final WeightType type;
    private final int blockBytes;

    MergedWeights(WeightDirectory base, WeightRows rows, WeightType type, int blockBytes) {
        this.base = base;
        this.rows = rows;
        this.type = type;
        this.blockBytes = blockBytes;
    }

    /**
     * @param parts parts of the folder; complete shards are not written again
     * @param tied whether the output embedding is the input embedding, and therefore not stored
     * @param shardBytes maximum size of a file
     */
    void write(Path folder, ExportParts parts, boolean tied, long shardBytes) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (String name : base.names()) {
            if (!tied || !name.equals(CheckpointTensors.HEAD)) {
                tensors.add(tensor(base.storedName(name), base.entry(name)));
            }
        }
        ShardPlan plan = ShardPlan.of(tensors, shardBytes);
        List<ExportParts.Part> shards = plan.parts();
        Map<String, ExportParts.Receipt> kept = parts.keep(shards);
        for (int i = 0; i < shards.size(); i++) {
            ExportParts.Part shard = shards.get(i);
            ExportParts.@Nullable Receipt receipt = kept.get(shard.name());
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

    /** @param name of the written tensor */
    TensorData tensor(String name, TensorEntry entry) {
        return new TensorData(name, type.of(entry.dtype()), entry.shape(), channel -> writeContent(channel, entry));
    }

    private void writeContent(WritableByteChannel channel, TensorEntry entry) throws IOException {
        List<RowBlock> blocks = RowBlock.of(entry, blockBytes);
        if (type.of(entry.dtype()) == entry.dtype() && !rows.isTrained(entry)) {
            rows.forEachBytes(entry, blocks, bytes -> TensorData.writeFully(channel, bytes));
        } else {
            rows.forEach(
                    entry,
                    ElementType.of(type.of(entry.dtype())).orElseThrow(),
                    blocks,
                    merged -> TensorData.writeFully(channel, merged.toBytes()));
        }
    }
}
