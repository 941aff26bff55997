package dev.anneal.engine.network.architecture;

import java.util.ArrayList;
import java.util.List;

/** Names and shapes of the tensors in a Hugging Face checkpoint of a model, and which of them the engine joins to one matrix. */
public record CheckpointTensors(ModelConfig config) {

    /** Input embedding, [V, H]. */
    public static final String EMBEDDING = "model.embed_tokens.weight";

    /** Norm after the last layer, [H]. */
    public static final String NORM = "model.norm.weight";

    /** Output embedding, [V, H]. If it is tied to the input embedding, the checkpoint has no such tensor or a copy. */
    public static final String HEAD = "lm_head.weight";

    /** Index, in a {@link #layer}, of the norms of query and key heads. */
    public static final int HEAD_NORM = 10;

    /** A tensor of the checkpoint. */
    public record Stored(String name, List<Long> shape) {

        public long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    public Stored embedding() {
        return matrix(EMBEDDING, config.vocabularySize(), config.hiddenSize());
    }

    public Stored norm() {
        return vector(NORM, config.hiddenSize());
    }

    public Stored head() {
        return matrix(HEAD, config.vocabularySize(), config.hiddenSize());
    }

    /**
     * The weights of a layer in the program's order: norm, q k v, o, norm, gate up, down, the biases of these four groups, and the norms of
     * query and key heads. Each is one or several tensors, one under another; a weight that the family does not have is an empty list.
     */
    public List<List<Stored>> layer(int layer) {
        String prefix = "model.layers." + layer + ".";
        List<List<Stored>> weights = new ArrayList<>();
        weights.add(List.of(vector(prefix + "input_layernorm.weight", config.hiddenSize())));
        weights.add(matrices(ProjectionGroup.ATTENTION_INPUT, layer));
        weights.add(matrices(ProjectionGroup.ATTENTION_OUTPUT, layer));
        weights.add(List.of(vector(prefix + "post_attention_layernorm.weight", config.hiddenSize())));
        weights.add(matrices(ProjectionGroup.FEED_FORWARD, layer));
        weights.add(matrices(ProjectionGroup.DOWN, layer));
        for (ProjectionGroup group : ProjectionGroup.values()) {
            weights.add(config.biased().contains(group) ? biases(group, layer) : List.of());
        }
        weights.add(
                config.architecture().queryKeyNorm()
                        ? List.of(
                                vector(prefix + "self_attn.q_norm.weight", config.headSize()),
                                vector(prefix + "self_attn.k_norm.weight", config.headSize()))
                        : List.of());
        return weights;
    }

    /** All tensors, in the order of the computation. */
    public List<Stored> all() {
        List<Stored> all = new ArrayList<>(List.of(embedding()));
        for (int layer = 0; layer < config.layers(); layer++) {
            layer(layer).forEach(all::addAll);
        }
        all.add(norm());
        if (!config.tiedEmbeddings()) {
            all.add(head());
        }
        return all;
    }

    private List<Stored> matrices(ProjectionGroup group, int layer) {
        return group.projections().stream()
                .map(projection -> matrix(
                        projection.weightName(layer), projection.outputSize(config), projection.inputSize(config)))
                .toList();
    }

    private List<Stored> biases(ProjectionGroup group, int layer) {
        return group.projections().stream()
                .map(projection -> vector(projection.biasName(layer), projection.outputSize(config)))
                .toList();
    }

    private static Stored matrix(String name, long rows, long columns) {
        return new Stored(name, List.of(rows, columns));
    }

    private static Stored vector(String name, long size) {
        return new Stored(name, List.of(size));
    }
}
