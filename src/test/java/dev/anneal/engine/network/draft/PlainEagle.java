package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.torch.AutogradProgram;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** Loss and gradients of a head by autograd over {@code plain_eagle.py}, row by row. */
final class PlainEagle {

    private final EagleConfig config;
    private final EagleObjective lesson;
    private final TensorScope scope;
    private final AutogradProgram program;
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final List<Tensor> head = new ArrayList<>();
    private final List<Tensor> a = new ArrayList<>();
    private final List<Tensor> b = new ArrayList<>();
    private double loss;

    /**
     * @param weights of the head by their names
     * @param adapter A and B by their names
     */
    PlainEagle(
            EagleConfig config,
            EagleObjective lesson,
            int activation,
            TensorScope scope,
            Map<String, float[]> weights,
            Map<String, float[]> adapter) {
        this.config = config;
        this.lesson = lesson;
        this.scope = scope;
        this.program = new AutogradProgram(
                scope,
                "plain_eagle",
                "PlainEagle",
                Map.of(
                        "eps", config.layer().normEpsilon(),
                        "heads", config.heads(),
                        "kv_heads", config.keyValueHeads(),
                        "kind", activation,
                        "window", config.layer().windows().get(0),
                        "steps", lesson.steps(),
                        "eagle3", config.isEagle3() ? 1 : 0,
                        "norm_before_residual", config.has(EagleSwitch.NORM_BEFORE_RESIDUAL) ? 1 : 0,
                        "fc_norms", config.fcNorms(),
                        "norm_output", config.has(EagleSwitch.NORM_OUTPUT) ? 1 : 0));
        names().forEach(name -> head.add(leaf(name, weights)));
        for (Projection projection : EagleNames.PROJECTIONS.all()) {
            a.add(matrix(projection, 'A', adapter));
            b.add(matrix(projection, 'B', adapter));
        }
        AutogradProgram.requireGradients(List.copyOf(leaves.values()));
    }

    /** In the order of plain_eagle.py. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        Stream.of("input_layernorm", "hidden_norm", "post_attention_layernorm")
                .forEach(norm -> names.add(EagleNames.LAYER + norm + ".weight"));
        for (String kind : List.of(".weight", ".bias")) {
            for (Projection projection : EagleNames.PROJECTIONS.all()) {
                names.add(EagleNames.LAYER + projection.pathInLayer() + kind);
            }
        }
        names.addAll(List.of(
                EagleNames.LAYER + "self_attn.q_norm.weight",
                EagleNames.LAYER + "self_attn.k_norm.weight",
                "fc.weight",
                "fc.bias",
                "input_norm.weight",
                "norm.weight",
                CheckpointTensors.HEAD));
        return names;
    }

    private Tensor leaf(String name, Map<String, float[]> weights) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        EagleNames.of(config).stream()
                .flatMap(List::stream)
                .forEach(stored -> shapes.put(stored.name(), stored.shape()));
        if (name.equals("input_norm.weight") && config.has(EagleSwitch.FC_NORM)) {
            return fcNorms(weights);
        }
        if (!shapes.containsKey(name)) {
            return name.equals(CheckpointTensors.HEAD)
                    ? scope.floats(
                            Objects.requireNonNull(weights.get(name)), config.draftVocabulary(), config.hiddenSize())
                    : scope.floats(new float[0], 0);
        }
        long[] shape = Objects.requireNonNull(shapes.get(name)).stream()
                .mapToLong(Long::longValue)
                .toArray();
        return leaf(name, Objects.requireNonNull(weights.get(name)), shape);
    }

    /** The norms of all streams as one leaf. */
    private Tensor fcNorms(Map<String, float[]> weights) {
        int size = config.hiddenSize();
        float[] all = new float[config.fcInputs()];
        for (int i = 0; i < config.fcNorms(); i++) {
            float[] own = Objects.requireNonNull(weights.get("fc_norm." + i + ".weight"));
            System.arraycopy(own, 0, all, i * size, size);
        }
        return leaf("fc_norm", all, all.length);
    }

    private Tensor leaf(String name, float[] values, long... shape) {
        Tensor leaf = scope.floats(values, shape);
        leaves.put(name, leaf);
        return leaf;
    }

    /** A or B of a projection; zeros, and no leaf, without an adapter of it. */
    private Tensor matrix(Projection projection, char which, Map<String, float[]> adapter) {
        String name = config.adapterName(projection, 0, which);
        int inputs = which == 'A' ? projection.inputSize(config) : projection.outputSize(config);
        float[] values = adapter.getOrDefault(name, new float[inputs]);
        long rank = values.length / inputs;
        long[] shape = which == 'A' ? new long[] {rank, inputs} : new long[] {inputs, rank};
        return adapter.containsKey(name) ? leaf(name, values, shape) : scope.floats(values, shape);
    }

    /** Tensors that are not differentiated. */
    record Frozen(Tensor embedding, Tensor taught, AdapterConfig adapter, double beta) {}

    /**
     * Adds a row.
     *
     * @param beside the streams of each token, in EAGLE-1 its states
     */
    void add(int[] ids, float[] beside, float[] states, float[] trained, Frozen frozen) {
        int tokens = ids.length;
        float[] weights = new float[lesson.steps()];
        for (int step = 0; step < weights.length; step++) {
            weights[step] = lesson.weights().get(step).floatValue();
        }
        loss += program.differentiate(
                scope,
                "loss",
                scope.longs(Arrays.stream(ids).asLongStream().toArray(), tokens),
                scope.floats(beside, tokens, beside.length / tokens),
                scope.floats(states, tokens, config.hiddenSize()),
                scope.floats(trained, tokens),
                scope.floats(weights, weights.length),
                scope.floats(new float[] {(float) lesson.regression()}),
                frozen.embedding(),
                frozen.taught(),
                turns(tokens + lesson.steps(), Math::cos),
                turns(tokens + lesson.steps(), Math::sin),
                head,
                a,
                b,
                scope.floats(new float[] {(float) frozen.adapter().scale()}),
                scope.floats(new float[] {(float) frozen.beta()}));
    }

    private Tensor turns(int positions, DoubleUnaryOperator function) {
        float[] frequencies = config.layer().rotary().inverseFrequencies(config.headSize());
        float[] values = new float[positions * frequencies.length];
        for (int i = 0; i < values.length; i++) {
            int position = i / frequencies.length;
            float angle = position * frequencies[i % frequencies.length];
            values[i] = (float) function.applyAsDouble(angle);
        }
        return scope.floats(values, positions, frequencies.length);
    }

    double loss() {
        return loss;
    }

    /** By name; those of norms before fc are {@code fc_norm} together. */
    Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> gradients.put(name, AutogradProgram.gradientOf(leaf)));
        return gradients;
    }
}
