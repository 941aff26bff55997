package dev.anneal.engine.lora;

import dev.anneal.engine.architecture.Projection;
import dev.anneal.engine.architecture.RotaryConfig;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.DropoutMasks;
import dev.anneal.engine.torch.AutogradProgram;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Loss and adapter gradients of a random model by autograd over {@code plain_decoder.py}. */
final class AutogradReference {

    private final RandomModel model;
    private final AdapterConfig config;
    private final double beta;
    private final AdapterDropout dropout;
    private double loss;

    AutogradReference(RandomModel model, AdapterConfig config, double beta, AdapterDropout dropout) {
        this.model = model;
        this.config = config;
        this.beta = beta;
        this.dropout = dropout;
    }

    /** Summed loss of the last {@link #gradients}. */
    double loss() {
        return loss;
    }

    Map<String, float[]> gradients(Scope scope, List<int[]> rows, List<int[]> labels, Map<String, float[]> adapter) {
        Batch batch = new Batch(scope, rows, labels);
        List<Tensor> a = new ArrayList<>();
        List<Tensor> b = new ArrayList<>();
        Map<String, Tensor> leaves = new LinkedHashMap<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection projection : Projection.values()) {
                a.add(leaf(scope, layer, projection, true, adapter, leaves));
                b.add(leaf(scope, layer, projection, false, adapter, leaves));
            }
        }
        AutogradProgram.requireGradients(List.copyOf(leaves.values()));
        loss = program(scope)
                .differentiate(
                        scope,
                        "loss",
                        batch.ids,
                        batch.at,
                        batch.targets,
                        batch.bounds,
                        batch.cos,
                        batch.sin,
                        weight(scope, "model.embed_tokens.weight"),
                        weight(scope, "model.norm.weight"),
                        weight(scope, "lm_head.weight"),
                        windows(scope),
                        layerWeights(scope),
                        a,
                        b,
                        masks(scope, batch),
                        scope.floats(new float[] {(float) config.scale()}),
                        scope.floats(new float[] {(float) beta}));
        Map<String, float[]> gradients = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> gradients.put(name, AutogradProgram.gradientOf(leaf)));
        return gradients;
    }

    private AutogradProgram program(Scope scope) {
        return new AutogradProgram(
                scope,
                "plain_decoder",
                "PlainDecoder",
                Map.of(
                        "eps",
                        1e-5,
                        "heads",
                        model.heads(),
                        "kv_heads",
                        model.keyValueHeads(),
                        "kind",
                        config.activation().kind()));
    }

    /** A or B of a projection; zeros, and no leaf, where the adapter does not target it. */
    private Tensor leaf(
            Scope scope,
            int layer,
            Projection projection,
            boolean first,
            Map<String, float[]> adapter,
            Map<String, Tensor> leaves) {
        String name = "base_model.model." + projection.modulePath(layer) + ".lora_" + (first ? "A" : "B") + ".weight";
        List<Long> shape = model.shapeOf(projection.modulePath(layer) + ".weight");
        int rows = first ? config.rank() : Math.toIntExact(shape.get(0));
        int columns = first ? Math.toIntExact(shape.get(1)) : config.rank();
        float[] values = adapter.getOrDefault(name, new float[rows * columns]);
        Tensor tensor = scope.floats(values, rows, columns);
        if (adapter.containsKey(name)) {
            leaves.put(name, tensor);
        }
        return tensor;
    }

    private List<Tensor> layerWeights(Scope scope) {
        List<Tensor> weights = new ArrayList<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            RandomModel.layerNames(layer).forEach(name -> weights.add(weight(scope, name)));
        }
        return weights;
    }

    private Tensor windows(Scope scope) {
        long[] windows = new long[model.layers()];
        Arrays.setAll(windows, model.options()::windowOf);
        return scope.longs(windows, windows.length);
    }

    /** A tensor of the model; empty if its family has no such tensor. */
    private Tensor weight(Scope scope, String name) {
        return scope.floats(
                model.weights().getOrDefault(name, new float[0]),
                model.shapeOf(name).stream().mapToLong(Long::longValue).toArray());
    }

    /** The masks that the engine draws, or ones. */
    private List<Tensor> masks(Scope scope, Batch batch) {
        List<Tensor> masks = new ArrayList<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection projection : Projection.values()) {
                int inputs = Math.toIntExact(
                        model.shapeOf(projection.modulePath(layer) + ".weight").get(1));
                Tensor ones = ones(scope, batch.tokens, inputs);
                masks.add(
                        dropout.probability() == 0
                                ? ones
                                : DropoutMasks.of(scope, ones, dropout, layer, maskOf(projection), batch.offsets));
            }
        }
        return masks;
    }

    /** Number of a projection's mask: the place of its group's first projection, plus its own among those adapted in the group. */
    private int maskOf(Projection projection) {
        List<Projection> group = projection.group().projections();
        int first = List.of(Projection.values()).indexOf(group.get(0));
        List<Projection> adapted =
                group.stream().filter(config.targets()::contains).toList();
        return first + Math.max(0, adapted.indexOf(projection));
    }

    private static Tensor ones(Scope scope, int rows, int columns) {
        float[] values = new float[rows * columns];
        Arrays.fill(values, 1);
        return scope.floats(values, rows, columns);
    }

    /** Rows as the plain program takes them. */
    private final class Batch {
        private final int tokens;
        private final long[] offsets;
        private final Tensor ids;
        private final Tensor at;
        private final Tensor targets;
        private final Tensor bounds;
        private final Tensor cos;
        private final Tensor sin;

        Batch(Scope scope, List<int[]> rows, List<int[]> labels) {
            offsets = new long[rows.size() + 1];
            List<Long> allIds = new ArrayList<>();
            List<Long> allAt = new ArrayList<>();
            List<Long> allTargets = new ArrayList<>();
            List<Float> angles = new ArrayList<>();
            float[] frequencies = new RotaryConfig(10_000, null).inverseFrequencies(model.headSize());
            for (int row = 0; row < rows.size(); row++) {
                for (int token = 0; token < rows.get(row).length; token++) {
                    allIds.add((long) rows.get(row)[token]);
                    if (token + 1 < rows.get(row).length && labels.get(row)[token + 1] != -100) {
                        allAt.add(allIds.size() - 1L);
                        allTargets.add((long) labels.get(row)[token + 1]);
                    }
                    for (float frequency : frequencies) {
                        angles.add(token * frequency);
                    }
                }
                offsets[row + 1] = allIds.size();
            }
            tokens = allIds.size();
            ids = longs(scope, allIds);
            at = longs(scope, allAt);
            targets = longs(scope, allTargets);
            bounds = scope.longs(offsets, offsets.length);
            cos = turned(scope, angles, frequencies.length, true);
            sin = turned(scope, angles, frequencies.length, false);
        }

        private Tensor turned(Scope scope, List<Float> angles, int columns, boolean cosine) {
            float[] values = new float[angles.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (cosine ? Math.cos(angles.get(i)) : Math.sin(angles.get(i)));
            }
            return scope.floats(values, tokens, columns);
        }

        private static Tensor longs(Scope scope, List<Long> values) {
            return scope.longs(values.stream().mapToLong(Long::longValue).toArray(), values.size());
        }
    }
}
