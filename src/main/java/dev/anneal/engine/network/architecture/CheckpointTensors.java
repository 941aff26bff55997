package dev.anneal.engine.network.architecture;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names and shapes of the tensors in a Hugging Face checkpoint of a model, and which of them the engine joins to one
 * matrix.
 */
public record CheckpointTensors(ModelConfig config) {

    /** Input embedding, [V, H]. */
    public static final String EMBEDDING = "model.embed_tokens.weight";

    /** Norm after the last layer, [H]. */
    public static final String NORM = "model.norm.weight";

    /** Output embedding, [V, H]. If it is tied to the input embedding, the checkpoint has no such tensor or a copy. */
    public static final String HEAD = "lm_head.weight";

    /** Indices, in a {@link #layer}, of the matrices: q k v, o, gate up, down. */
    public static final List<Integer> MATRICES = List.of(1, 2, 4, 5);

    /** Index, in a {@link #layer}, of the norms of queries and keys. */
    private static final int HEAD_NORM = 10;

    /** Number of weights of a {@link #layer}. */
    public static final int LAYER_WEIGHTS = 13;

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
     * The weights of a layer in the program's order: norm, q k v, o, norm, gate up, down, the biases of these four
     * groups, the norms of queries and keys, and those of the outputs of attention and feed-forward. Each is one or
     * several tensors, one under another; a weight that the family does not have is an empty list.
     */
    public List<List<Stored>> layer(int layer) {
        return layer("model.layers." + layer + ".", config);
    }

    /**
     * As {@link #layer(int)}, of a layer with another name or shape.
     *
     * @param prefix of the names of its tensors
     */
    public List<List<Stored>> layer(String prefix, LayerShape shape) {
        DecoderSpec spec = config.architecture().spec();
        List<List<Stored>> weights = new ArrayList<>();
        weights.add(norm(spec.normsInputs() ? prefix + "input_layernorm" : null));
        weights.add(matrices(ProjectionGroup.ATTENTION_INPUT, prefix, shape));
        weights.add(matrices(ProjectionGroup.ATTENTION_OUTPUT, prefix, shape));
        @Nullable String beforeFeedForward = spec.norms().beforeFeedForward();
        weights.add(norm(beforeFeedForward == null ? null : prefix + beforeFeedForward));
        weights.add(matrices(ProjectionGroup.FEED_FORWARD, prefix, shape));
        weights.add(matrices(ProjectionGroup.DOWN, prefix, shape));
        for (ProjectionGroup group : ProjectionGroup.values()) {
            weights.add(config.biased().contains(group) ? biases(group, prefix, shape) : List.of());
        }
        weights.add(queryKeyNorms(prefix + "self_attn."));
        for (String name : List.of("post_attention_layernorm", "post_feedforward_layernorm")) {
            weights.add(norm(spec.normsOutputs() ? prefix + name : null));
        }
        return weights;
    }

    private List<Stored> norm(@Nullable String module) {
        return module == null ? List.of() : List.of(vector(module + ".weight", config.hiddenSize()));
    }

    private List<Stored> queryKeyNorms(String prefix) {
        DecoderSpec.QueryKeyNorm norm = config.architecture().spec().queryKeyNorm();
        if (norm == DecoderSpec.QueryKeyNorm.NONE) {
            return List.of();
        }
        boolean whole = norm == DecoderSpec.QueryKeyNorm.WHOLE;
        return List.of(
                vector(prefix + "q_norm.weight", (long) config.headSize() * (whole ? config.heads() : 1)),
                vector(prefix + "k_norm.weight", (long) config.headSize() * (whole ? config.keyValueHeads() : 1)));
    }

    /** Whether a weight of a {@link #layer} holds its tensors once for each head that they norm. */
    public boolean isPerHead(int weight) {
        return weight == HEAD_NORM && config.architecture().spec().queryKeyNorm() == DecoderSpec.QueryKeyNorm.HEADS;
    }

    /** Rows and columns of each of {@link #MATRICES}. */
    public List<long[]> matrixShapes() {
        List<List<Stored>> layer = layer(0);
        return MATRICES.stream()
                .map(layer::get)
                .map(parts -> new long[] {
                    parts.stream().mapToLong(part -> part.shape().get(0)).sum(),
                    parts.get(0).shape().get(1)
                })
                .toList();
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

    private static List<Stored> matrices(ProjectionGroup group, String prefix, LayerShape shape) {
        return shape.projections().of(group).stream()
                .map(projection -> matrix(
                        prefix + projection.pathInLayer() + ".weight",
                        projection.outputSize(shape),
                        projection.inputSize(shape)))
                .toList();
    }

    private static List<Stored> biases(ProjectionGroup group, String prefix, LayerShape shape) {
        return shape.projections().of(group).stream()
                .map(projection -> vector(prefix + projection.pathInLayer() + ".bias", projection.outputSize(shape)))
                .toList();
    }

    /** A tensor of rows. */
    public static Stored matrix(String name, long rows, long columns) {
        return new Stored(name, List.of(rows, columns));
    }

    public static Stored vector(String name, long size) {
        return new Stored(name, List.of(size));
    }
}
