package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Checks the headers of weights against their configuration. It loads no native code, so the service can refuse a
 * model before a job waits for it, by the engine's rules.
 */
public final class WeightHeaders {

    private static final Set<Dtype> DTYPES = EnumSet.of(Dtype.F32, Dtype.BF16, Dtype.F16);

    private static final int BLOCK_BYTES = 4 << 20;

    private WeightHeaders() {}

    /**
     * @throws ModelConfigException if a tensor is missing, has another shape or type, or is not used by this
     *     architecture
     */
    static void check(WeightDirectory files, ModelConfig config) {
        // A tensor that is not read, such as a bias, would change the model's answers.
        check(
                files,
                new CheckpointTensors(config).all(),
                name -> name.endsWith(".rotary_emb.inv_freq")
                        || (config.tiedEmbeddings() && name.equals(CheckpointTensors.HEAD))
                        || (config.multimodal() && Multimodal.isOfAnotherPart(name)),
                config.architecture().className() + " as this engine computes it");
    }

    /**
     * As above, of any tensors.
     *
     * @param harmless names of further tensors that may be present without being read
     * @param reader what reads the weights, for messages
     */
    public static void check(
            WeightDirectory files, List<CheckpointTensors.Stored> required, Predicate<String> harmless, String reader) {
        required.forEach(tensor -> require(files, tensor));
        Set<String> read = required.stream().map(CheckpointTensors.Stored::name).collect(Collectors.toSet());
        for (String name : files.names()) {
            if (!read.contains(name) && !Nf4Tensors.isPart(files, name) && !harmless.test(name)) {
                throw refusal(files, "tensor '%s' has no place in %s".formatted(name, reader));
            }
        }
    }

    private static void require(WeightDirectory files, CheckpointTensors.Stored tensor) {
        if (!files.contains(tensor.name())) {
            throw refusal(files, "the weights have no tensor '" + tensor.name() + "'");
        }
        if (tensor.shape().size() == 2 && Nf4Tensors.has(files, tensor.name())) {
            new Nf4Tensors(files, tensor.name()).check(tensor.shape());
            return;
        }
        TensorEntry entry = files.entry(tensor.name());
        if (!entry.shape().equals(tensor.shape())) {
            throw refusal(
                    files,
                    "tensor '%s' must have the shape %s by config.json but has %s"
                            .formatted(tensor.name(), tensor.shape(), entry.shape()));
        }
        if (!DTYPES.contains(entry.dtype())) {
            throw refusal(
                    files,
                    "tensor '%s' is of type %s; weights may be F32, BF16 or F16"
                            .formatted(tensor.name(), entry.dtype()));
        }
    }

    private static ModelConfigException refusal(WeightDirectory files, String message) {
        return new ModelConfigException(files.directory(), message);
    }

    /**
     * Whether the checkpoint stores an output embedding that is not a copy of the input embedding, whose header was
     * checked. Reads both as far as they are equal.
     */
    static boolean hasOwnHead(WeightDirectory weights) throws IOException {
        if (!weights.contains(CheckpointTensors.HEAD)) {
            return false;
        }
        TensorEntry head = weights.entry(CheckpointTensors.HEAD);
        TensorEntry embedding = weights.entry(CheckpointTensors.EMBEDDING);
        if (head.dtype() != embedding.dtype() || !head.shape().equals(embedding.shape())) {
            return true;
        }
        SafetensorsFile heads = weights.fileOf(CheckpointTensors.HEAD);
        SafetensorsFile embeddings = weights.fileOf(CheckpointTensors.EMBEDDING);
        for (RowBlock block : RowBlock.of(head, BLOCK_BYTES)) {
            if (!heads.bytes(CheckpointTensors.HEAD, block.offset(), block.byteCount())
                    .equals(embeddings.bytes(CheckpointTensors.EMBEDDING, block.offset(), block.byteCount()))) {
                return true;
            }
        }
        return false;
    }
}
