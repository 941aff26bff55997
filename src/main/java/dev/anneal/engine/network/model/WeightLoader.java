package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.LayerNorm;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.OuterWeights;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads the tensors of a Hugging Face checkpoint and fuses those that share an input. */
final class WeightLoader {

    /** Tensors are read in blocks of rows: a buffer holds 2 GiB, and tensors of large models are larger. */
    static final int BLOCK_BYTES = 1 << 30;

    private final WeightDirectory files;
    private final ModelConfig config;
    private final DecoderProgram program;
    private final Scope scope;
    private final ElementType precision;
    private final int blockBytes;

    /** Stands where a family has no such weight. */
    private final Tensor nothing;

    /**
     * @param config read with these files
     * @param blockBytes about how much of a tensor is read at a time
     */
    WeightLoader(
            WeightDirectory files,
            ModelConfig config,
            DecoderProgram program,
            Scope scope,
            ElementType precision,
            int blockBytes) {
        this.files = files;
        this.config = config;
        this.program = program;
        this.scope = scope;
        this.precision = precision;
        this.blockBytes = blockBytes;
        this.nothing = scope.zeros(precision, 0);
    }

    FrozenWeights load() throws IOException {
        Tensor embedding = tensor(OuterWeights.EMBEDDING);
        List<List<Tensor>> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        Tensor norm = tensor(OuterWeights.NORM);
        Tensor head = config.tiedEmbeddings() ? embedding : tensor(OuterWeights.HEAD);
        return new FrozenWeights(embedding, layers, norm, head);
    }

    /** The weights of a layer, as {@link FrozenWeights#layers} holds them. */
    List<Tensor> layer(int layer) throws IOException {
        return List.of(
                tensor(LayerNorm.INPUT.weightName(layer)),
                weight(layer, ProjectionGroup.ATTENTION_INPUT),
                weight(layer, ProjectionGroup.ATTENTION_OUTPUT),
                tensor(LayerNorm.AFTER_ATTENTION.weightName(layer)),
                weight(layer, ProjectionGroup.FEED_FORWARD),
                weight(layer, ProjectionGroup.DOWN),
                bias(layer, ProjectionGroup.ATTENTION_INPUT),
                bias(layer, ProjectionGroup.ATTENTION_OUTPUT),
                bias(layer, ProjectionGroup.FEED_FORWARD),
                bias(layer, ProjectionGroup.DOWN),
                headNorm(layer));
    }

    private Tensor weight(int layer, ProjectionGroup group) throws IOException {
        List<Tensor> parts = new ArrayList<>();
        for (Projection projection : group.projections()) {
            parts.add(tensor(projection.weightName(layer)));
        }
        return joined(parts);
    }

    private Tensor bias(int layer, ProjectionGroup group) throws IOException {
        List<Tensor> parts = new ArrayList<>();
        for (Projection projection : group.projections()) {
            if (config.biased().contains(group)) {
                parts.add(tensor(projection.biasName(layer)));
            }
        }
        return joined(parts);
    }

    /** The norm of queries for each of their heads, then that of keys. */
    private Tensor headNorm(int layer) throws IOException {
        List<Tensor> heads = new ArrayList<>();
        if (config.architecture().queryKeyNorm()) {
            Tensor query = tensor(LayerNorm.QUERY.weightName(layer));
            Tensor key = tensor(LayerNorm.KEY.weightName(layer));
            heads.addAll(Collections.nCopies(config.heads(), query));
            heads.addAll(Collections.nCopies(config.keyValueHeads(), key));
        }
        return joined(heads);
    }

    Tensor tensor(String name) throws IOException {
        TensorEntry entry = files.entry(name);
        List<Tensor> blocks = new ArrayList<>();
        for (RowBlock block : RowBlock.of(entry, blockBytes)) {
            blocks.add(rows(entry, block));
        }
        return joined(blocks);
    }

    /** Some rows of a tensor, at most 2 GiB in its file. */
    Tensor rows(String name, long firstRow, long rows) throws IOException {
        TensorEntry entry = files.entry(name);
        long rowBytes = entry.byteCount() / entry.shape().get(0);
        int bytes = Math.toIntExact(Math.multiplyExact(rows, rowBytes));
        return rows(entry, new RowBlock(firstRow, rows, firstRow * rowBytes, bytes));
    }

    private Tensor joined(List<Tensor> parts) {
        if (parts.isEmpty()) {
            return nothing;
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        Tensor whole = program.fuse(scope, parts);
        parts.forEach(Tensor::close);
        return whole;
    }

    private Tensor rows(TensorEntry entry, RowBlock block) throws IOException {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        ByteBuffer bytes = files.fileOf(entry.name()).bytes(entry.name(), block.offset(), block.byteCount());
        Tensor stored = scope.ofBytes(bytes, elementType(entry), shape);
        if (stored.elementType() == precision) {
            return stored;
        }
        try (stored) {
            return stored.to(scope, precision);
        }
    }

    static ElementType elementType(TensorEntry entry) {
        return switch (entry.dtype()) {
            case F32 -> ElementType.FLOAT32;
            case BF16 -> ElementType.BFLOAT16;
            case F16 -> ElementType.FLOAT16;
            default -> throw new IllegalStateException("the headers were not checked: " + entry.dtype());
        };
    }
}
