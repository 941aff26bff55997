package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Nf4Tensors;
import dev.anneal.engine.network.nf4.Nf4Program;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads the tensors of a Hugging Face checkpoint and concatenates those that share an input.
 *
 * @param config configuration read with these files
 * @param blockBytes about how much of a tensor is read at a time
 */
public record WeightLoader(
        WeightDirectory files,
        ModelConfig config,
        DecoderProgram program,
        TensorScope scope,
        ElementType precision,
        int blockBytes) {

    /** Tensors are read in blocks of rows: buffers are limited to 2 GiB, which tensors of large models exceed. */
    public static final int BLOCK_BYTES = 1 << 30;

    /** All weights, as they compute. */
    public DecoderTensors load() throws IOException {
        Tensor embedding = tensor(CheckpointTensors.EMBEDDING);
        List<List<Tensor>> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        Tensor norm = tensor(CheckpointTensors.NORM);
        Tensor head = config.tiedEmbeddings() ? embedding : tensor(CheckpointTensors.HEAD);
        return new DecoderTensors(embedding, layers, norm, head);
    }

    /** All weights, whole layers apart: these are made by {@code source} when they are computed. */
    FrozenWeights loadAround(FormedLayers.Source source) throws IOException {
        Tensor embedding = tensor(CheckpointTensors.EMBEDDING);
        Tensor norm = tensor(CheckpointTensors.NORM);
        Tensor head = config.tiedEmbeddings() ? embedding : tensor(CheckpointTensors.HEAD);
        return new FrozenWeights(embedding, new FormedLayers(scope, source), norm, head);
    }

    /**
     * The weights of a layer as {@link DecoderTensors#layers} holds them: norms of query and key heads once for each of
     * these.
     */
    List<Tensor> layer(int layer) throws IOException {
        List<Tensor> weights = new ArrayList<>();
        for (List<CheckpointTensors.Stored> stored : new CheckpointTensors(config).layer(layer)) {
            weights.add(weight(stored, weights.size()));
        }
        return weights;
    }

    /**
     * One weight of one or several tensors; an empty one of none.
     *
     * @param place index of the weight in its layer
     */
    public Tensor weight(List<CheckpointTensors.Stored> stored, int place) throws IOException {
        List<Tensor> parts = new ArrayList<>();
        for (CheckpointTensors.Stored part : stored) {
            parts.add(tensor(part.name()));
        }
        return joined(new CheckpointTensors(config).isPerHead(place) ? forEachHead(parts) : parts);
    }

    private List<Tensor> forEachHead(List<Tensor> queryAndKey) {
        List<Tensor> heads = new ArrayList<>(Collections.nCopies(config.heads(), queryAndKey.get(0)));
        heads.addAll(Collections.nCopies(config.keyValueHeads(), queryAndKey.get(1)));
        return heads;
    }

    /** Whether the checkpoint has a weight in 4 bits. */
    boolean isQuantized(String name) {
        return Nf4Tensors.has(files, name);
    }

    /** A tensor in the type that the checkpoint has it in. */
    Tensor asStored(String name) throws IOException {
        ElementType stored = ElementType.of(files.entry(name).dtype()).orElseThrow();
        return new WeightLoader(files, config, program, scope, stored, blockBytes).tensor(name);
    }

    public Tensor tensor(String name) throws IOException {
        if (isQuantized(name)) {
            return dequantized(name);
        }
        TensorEntry entry = files.entry(name);
        List<Tensor> blocks = new ArrayList<>();
        for (RowBlock block : RowBlock.of(entry, blockBytes)) {
            blocks.add(rows(entry, block));
        }
        return joined(blocks);
    }

    private Tensor dequantized(String name) throws IOException {
        List<Long> shape = new Nf4Tensors(files, name).state().shape();
        Tensor whole =
                scope.zeros(precision, shape.stream().mapToLong(Long::longValue).toArray());
        try (TensorScope passing = scope.child()) {
            Nf4Program nf4 = new Nf4Program(passing);
            nf4.dequantize(passing, nf4.read(passing, files, name), whole, 0);
        }
        return whole;
    }

    /** Some rows of a tensor, at most 2 GiB in its file. */
    Tensor rows(String name, long firstRow, long rows) throws IOException {
        TensorEntry entry = files.entry(name);
        long rowBytes = entry.byteCount() / entry.shape().get(0);
        int bytes = Math.toIntExact(Math.multiplyExact(rows, rowBytes));
        return rows(entry, new RowBlock(firstRow, rows, firstRow * rowBytes, bytes));
    }

    /** One tensor of several; an empty one if the family has no such weight. */
    private Tensor joined(List<Tensor> parts) {
        if (parts.isEmpty()) {
            return scope.zeros(precision, 0);
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
        Tensor stored = scope.ofBytes(bytes, ElementType.of(entry.dtype()).orElseThrow(), shape);
        if (stored.elementType() == precision) {
            return stored;
        }
        try (stored) {
            return stored.to(scope, precision);
        }
    }
}
