package dev.anneal.engine.model;

import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.TensorEntry;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the tensors of a Hugging Face checkpoint, checks each against the configuration, and fuses those that share an input. */
final class WeightLoader {

    private final WeightDirectory files;
    private final ModelConfig config;
    private final DecoderProgram program;
    private final Scope scope;
    private final ElementType precision;
    private final Set<String> read = new HashSet<>();

    WeightLoader(
            WeightDirectory files, ModelConfig config, DecoderProgram program, Scope scope, ElementType precision) {
        this.files = files;
        this.config = config;
        this.program = program;
        this.scope = scope;
        this.precision = precision;
    }

    /** @throws ModelConfigException if a tensor is missing, has another shape or type, or is none that this architecture computes with */
    FrozenWeights load() throws IOException {
        Tensor embedding = tensor("model.embed_tokens.weight", config.vocabularySize(), config.hiddenSize());
        List<List<Tensor>> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        Tensor norm = tensor("model.norm.weight", config.hiddenSize());
        Tensor head = config.tiedEmbeddings()
                ? embedding
                : tensor("lm_head.weight", config.vocabularySize(), config.hiddenSize());
        refuseUnread();
        return new FrozenWeights(embedding, layers, norm, head);
    }

    private List<Tensor> layer(int layer) throws IOException {
        String path = "model.layers." + layer;
        return List.of(
                tensor(path + ".input_layernorm.weight", config.hiddenSize()),
                group(layer, ProjectionGroup.ATTENTION_INPUT),
                group(layer, ProjectionGroup.ATTENTION_OUTPUT),
                tensor(path + ".post_attention_layernorm.weight", config.hiddenSize()),
                group(layer, ProjectionGroup.FEED_FORWARD),
                group(layer, ProjectionGroup.DOWN));
    }

    private Tensor group(int layer, ProjectionGroup group) throws IOException {
        List<Tensor> parts = new ArrayList<>();
        for (Projection projection : group.projections()) {
            parts.add(tensor(
                    projection.modulePath(layer) + ".weight",
                    projection.outputSize(config),
                    projection.inputSize(config)));
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        Tensor fused = program.fuse(scope, parts);
        parts.forEach(Tensor::close);
        return fused;
    }

    private Tensor tensor(String name, long... shape) throws IOException {
        if (!files.contains(name)) {
            throw new ModelConfigException(files.directory(), "the weights have no tensor '" + name + "'");
        }
        TensorEntry entry = files.entry(name);
        if (!entry.shape().equals(boxed(shape))) {
            throw new ModelConfigException(
                    files.directory(),
                    "tensor '%s' must have the shape %s by config.json but has %s"
                            .formatted(name, boxed(shape), entry.shape()));
        }
        read.add(name);
        Tensor stored = scope.ofBytes(files.bytes(name), elementType(entry), shape);
        if (stored.elementType() == precision) {
            return stored;
        }
        try (stored) {
            return stored.to(scope, precision);
        }
    }

    private ElementType elementType(TensorEntry entry) {
        Dtype dtype = entry.dtype();
        if (dtype == Dtype.F32) {
            return ElementType.FLOAT32;
        }
        if (dtype == Dtype.BF16) {
            return ElementType.BFLOAT16;
        }
        if (dtype == Dtype.F16) {
            return ElementType.FLOAT16;
        }
        throw new ModelConfigException(
                files.directory(),
                "tensor '%s' is of type %s; weights may be F32, BF16 or F16".formatted(entry.name(), dtype));
    }

    /** A tensor that nobody asked for, such as a bias, would change the model's answers. */
    private void refuseUnread() {
        for (String name : files.names()) {
            boolean harmless =
                    name.endsWith(".rotary_emb.inv_freq") || (config.tiedEmbeddings() && name.equals("lm_head.weight"));
            if (!read.contains(name) && !harmless) {
                throw new ModelConfigException(
                        files.directory(),
                        "tensor '%s' has no place in %s as this engine computes it"
                                .formatted(name, config.architecture().className()));
            }
        }
    }

    private static List<Long> boxed(long[] shape) {
        List<Long> list = new ArrayList<>();
        for (long extent : shape) {
            list.add(extent);
        }
        return list;
    }
}
