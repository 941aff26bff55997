package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors that a configuration calls for, and the headers of a checkpoint held against them. Reads no weight and loads no native
 * code, so the service refuses a model before a job waits for it, by the same rules as the engine that loads it.
 */
final class WeightHeaders {

    private static final Set<Dtype> DTYPES = EnumSet.of(Dtype.F32, Dtype.BF16, Dtype.F16);

    private final WeightDirectory files;
    private final ModelConfig config;
    private final Map<String, List<Long>> shapes;

    private WeightHeaders(WeightDirectory files, ModelConfig config) {
        this.files = files;
        this.config = config;
        this.shapes = shapes(config);
    }

    /** @throws ModelConfigException if a tensor is missing, has another shape or type, or is none that this architecture computes with */
    static void check(WeightDirectory files, ModelConfig config) {
        WeightHeaders headers = new WeightHeaders(files, config);
        headers.shapes.forEach(headers::require);
        files.names().forEach(headers::refuseUnread);
    }

    /** Name and shape of each tensor, in the order of the computation. */
    static Map<String, List<Long>> shapes(ModelConfig config) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        List<Long> vector = List.of((long) config.hiddenSize());
        List<Long> vocabulary = List.of((long) config.vocabularySize(), (long) config.hiddenSize());
        shapes.put(OuterWeights.EMBEDDING, vocabulary);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (LayerNorm norm : LayerNorm.of(config.architecture())) {
                shapes.put(norm.weightName(layer), List.of((long) norm.size(config)));
            }
            for (Projection projection : Projection.values()) {
                long outputs = projection.outputSize(config);
                shapes.put(projection.weightName(layer), List.of(outputs, (long) projection.inputSize(config)));
                if (config.biased().contains(projection.group())) {
                    shapes.put(projection.biasName(layer), List.of(outputs));
                }
            }
        }
        shapes.put(OuterWeights.NORM, vector);
        if (!config.tiedEmbeddings()) {
            shapes.put(OuterWeights.HEAD, vocabulary);
        }
        return shapes;
    }

    private void require(String name, List<Long> shape) {
        if (!files.contains(name)) {
            throw refusal("the weights have no tensor '" + name + "'");
        }
        TensorEntry entry = files.entry(name);
        if (!entry.shape().equals(shape)) {
            throw refusal("tensor '%s' must have the shape %s by config.json but has %s"
                    .formatted(name, shape, entry.shape()));
        }
        if (!DTYPES.contains(entry.dtype())) {
            throw refusal("tensor '%s' is of type %s; weights may be F32, BF16 or F16".formatted(name, entry.dtype()));
        }
    }

    /** A tensor that nobody asked for, such as a bias, would change the model's answers. */
    private void refuseUnread(String name) {
        boolean harmless =
                name.endsWith(".rotary_emb.inv_freq") || (config.tiedEmbeddings() && name.equals(OuterWeights.HEAD));
        if (!shapes.containsKey(name) && !harmless) {
            throw refusal("tensor '%s' has no place in %s as this engine computes it"
                    .formatted(name, config.architecture().className()));
        }
    }

    private ModelConfigException refusal(String message) {
        return new ModelConfigException(files.directory(), message);
    }
}
