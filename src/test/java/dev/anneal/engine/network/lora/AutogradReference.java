package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.architecture.RotaryConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DropoutMasks;
import dev.anneal.engine.network.torch.AutogradProgram;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Loss, logits and adapter gradients of a random model by autograd over {@code plain_decoder.py}, row by row without
 * any packing.
 */
final class AutogradReference {

    private final RandomModel model;
    private final AdapterConfig config;
    private final double beta;
    private final TensorScope scope;
    private final AutogradProgram program;
    private final DropoutMasks dropoutMasks;
    private final Map<String, List<Tensor>> leaves = new LinkedHashMap<>();
    private final Map<String, Tensor> weights = new HashMap<>();
    private final List<Tensor> a = new ArrayList<>();
    private final List<Tensor> b = new ArrayList<>();
    private double loss;

    /** @param adapter A and B by PEFT's names */
    AutogradReference(
            RandomModel model, AdapterConfig config, double beta, TensorScope scope, Map<String, float[]> adapter) {
        this.model = model;
        this.config = config;
        this.beta = beta;
        this.scope = scope;
        this.program = new AutogradProgram(scope, "plain_decoder", "PlainDecoder", attributes(model, config));
        this.dropoutMasks = new DropoutMasks(scope);
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection projection : model.spec().projections().all()) {
                addAdapter(layer, projection, adapter);
            }
        }
        if (!leaves.isEmpty()) {
            requireGradients();
        }
    }

    private void requireGradients() {
        AutogradProgram.requireGradients(
                leaves.values().stream().flatMap(List::stream).toList());
    }

    /** The projections of the plain decoder that are one in the model. */
    private List<Projection> parts(Projection projection) {
        return model.spec().projections() == Projections.SEPARATE
                ? List.of(projection)
                : Projections.SEPARATE.of(projection.group());
    }

    private static Map<String, Number> attributes(RandomModel model, AdapterConfig config) {
        RandomModel.Options options = model.options();
        return Map.ofEntries(
                Map.entry("eps", 1e-5),
                Map.entry("gain_offset", (double) model.spec().gain().offset()),
                Map.entry("gate", model.spec().gate().number()),
                Map.entry("attention_scale", options.factors().attention(model.headSize())),
                Map.entry("embedding_scale", model.embeddingScale()),
                Map.entry("residual_scale", options.factors().residual()),
                Map.entry("logit_divisor", options.factors().logits()),
                Map.entry("heads", model.heads()),
                Map.entry("kv_heads", model.keyValueHeads()),
                Map.entry("kind", config.activation().kind()));
    }

    /** The model's own weights instead of an adapter. */
    static AutogradReference ofWeights(RandomModel model, TensorScope scope) {
        AdapterConfig none = AdapterConfig.of(
                1,
                1,
                false,
                0,
                "none",
                AnnealingSchedule.none(),
                AdapterConfig.targetsNamed(List.of(AdapterConfig.ALL_LINEAR), Projections.SEPARATE));
        AutogradReference reference = new AutogradReference(model, none, 0, scope, Map.of());
        model.stored()
                .forEach((name, parts) -> reference.leaves.put(
                        name, parts.stream().map(reference::weight).toList()));
        reference.requireGradients();
        return reference;
    }

    /**
     * Adds the loss and the gradient of a row to those of the rows before it.
     *
     * @param dropout of this row alone
     */
    void add(int[] ids, int[] labels, AdapterDropout dropout) {
        int[] at = IntStream.range(0, ids.length - 1)
                .filter(token -> labels[token + 1] != -100)
                .toArray();
        int[] targets = Arrays.stream(at).map(token -> labels[token + 1]).toArray();
        if (at.length > 0) {
            List<Object> arguments = arguments(ids, dropout);
            arguments.add(longs(at));
            arguments.add(longs(targets));
            loss += program.differentiate(scope, "loss", arguments.toArray());
        }
    }

    /** Logits of a row, [T, V] in row order. */
    float[] logits(int[] ids, AdapterDropout dropout) {
        return program.evaluate(scope, "logits", arguments(ids, dropout).toArray());
    }

    /** Summed loss of the rows. */
    double loss() {
        return loss;
    }

    /** Gradient of {@link #loss} by the names of what is differentiated: PEFT's, or those of the model's weights. */
    Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        leaves.forEach((name, parts) -> {
            List<float[]> own = parts.stream().map(AutogradProgram::gradientOf).toList();
            gradients.put(name, name.endsWith(".lora_A.weight") ? sum(own) : RandomModel.joined(own));
        });
        return gradients;
    }

    private static float[] sum(List<float[]> parts) {
        float[] sum = parts.get(0).clone();
        parts.stream().skip(1).forEach(part -> {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i];
            }
        });
        return sum;
    }

    private List<Object> arguments(int[] ids, AdapterDropout dropout) {
        return new ArrayList<>(List.of(
                longs(ids),
                turns(ids.length, Math::cos),
                turns(ids.length, Math::sin),
                weight("model.embed_tokens.weight"),
                weight("model.norm.weight"),
                windows(),
                layerWeights(),
                a,
                b,
                masks(ids.length, dropout),
                scope.floats(new float[] {(float) config.scale()}),
                scope.floats(new float[] {(float) beta}),
                weight("lm_head.weight")));
    }

    /**
     * A and B of a projection; zeros, and no leaf, where the adapter does not target it. Parts of it have copies of A,
     * and rows of B.
     */
    private void addAdapter(int layer, Projection projection, Map<String, float[]> adapter) {
        String nameOfA = projection.adapterName(layer, 'A');
        String nameOfB = projection.adapterName(layer, 'B');
        int first = a.size();
        int row = 0;
        for (Projection part : parts(projection)) {
            List<Long> shape = model.shapeOf(part.weightName(layer));
            int outputs = Math.toIntExact(shape.get(0));
            int inputs = Math.toIntExact(shape.get(1));
            int rank = config.rank();
            float[] ofA = adapter.getOrDefault(nameOfA, new float[rank * inputs]);
            float @Nullable [] ofB = adapter.get(nameOfB);
            a.add(scope.floats(ofA, rank, inputs));
            b.add(scope.floats(
                    ofB == null
                            ? new float[outputs * rank]
                            : Arrays.copyOfRange(ofB, row * rank, (row + outputs) * rank),
                    outputs,
                    rank));
            row += outputs;
        }
        if (adapter.containsKey(nameOfA)) {
            leaves.put(nameOfA, List.copyOf(a.subList(first, a.size())));
            leaves.put(nameOfB, List.copyOf(b.subList(first, b.size())));
        }
    }

    private List<Tensor> layerWeights() {
        List<Tensor> weights = new ArrayList<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            model.layerNames(layer).forEach(name -> weights.add(weight(name)));
        }
        return weights;
    }

    private Tensor windows() {
        long[] windows = new long[2 * model.layers()];
        for (int layer = 0; layer < model.layers(); layer++) {
            windows[2 * layer] = model.options().windowOf(layer);
            windows[2 * layer + 1] = model.options().rotates(layer) ? 1 : 0;
        }
        return scope.longs(windows, model.layers(), 2);
    }

    /** A tensor of the model; empty if its family has no such tensor. */
    private Tensor weight(String name) {
        return weights.computeIfAbsent(
                name,
                any -> scope.floats(
                        model.weights().getOrDefault(name, new float[0]),
                        model.shapeOf(name).stream().mapToLong(Long::longValue).toArray()));
    }

    /** The masks that the engine draws for a row, or ones. */
    private List<Tensor> masks(int tokens, AdapterDropout dropout) {
        List<Tensor> masks = new ArrayList<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection projection : Projections.SEPARATE.all()) {
                int inputs = Math.toIntExact(
                        model.shapeOf(projection.modulePath(layer) + ".weight").get(1));
                Tensor ones = ones(tokens, inputs);
                masks.add(
                        dropout.probability() == 0
                                ? ones
                                : dropoutMasks.of(ones, dropout, layer, maskOf(projection), new long[] {0, tokens}));
            }
        }
        return masks;
    }

    /**
     * Number of a projection's mask: the place of its group's first projection, plus its own among those adapted in the
     * group.
     */
    private int maskOf(Projection projection) {
        List<Projection> group = Projections.SEPARATE.of(projection.group());
        int first = Projections.SEPARATE.all().indexOf(group.get(0));
        List<Projection> adapted =
                group.stream().filter(config.targets()::contains).toList();
        return first + Math.max(0, adapted.indexOf(projection));
    }

    private Tensor ones(int rows, int columns) {
        float[] values = new float[rows * columns];
        Arrays.fill(values, 1);
        return scope.floats(values, rows, columns);
    }

    /** Cosines or sines of the rotary angles, [T, D / 2]. */
    private Tensor turns(int tokens, DoubleUnaryOperator function) {
        float[] frequencies = RotaryConfig.plain(10_000).inverseFrequencies(model.headSize());
        float[] values = new float[tokens * frequencies.length];
        for (int i = 0; i < values.length; i++) {
            int position = i / frequencies.length;
            float angle = position * frequencies[i % frequencies.length];
            values[i] = (float) function.applyAsDouble(angle);
        }
        return scope.floats(values, tokens, frequencies.length);
    }

    private Tensor longs(int[] values) {
        return scope.longs(Arrays.stream(values).asLongStream().toArray(), values.length);
    }
}
