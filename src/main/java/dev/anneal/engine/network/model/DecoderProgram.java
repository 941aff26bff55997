package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.architecture.RotaryConfig;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The methods of {@code torchscript/decoder}, with its shapes: one Java method for each. Results belong to the given
 * scope.
 */
public final class DecoderProgram {

    /** Files of the program's class. */
    public static final List<String> PARTS = List.of(
            "decoder/layer", "decoder/attention", "decoder/fused", "decoder/signs", "decoder/head", "decoder/decoding");

    private final ModelConfig config;
    private final Program program;

    /** For layers with a sliding window; windows of different lengths in one model do not occur. */
    private final Program windowed;

    private final FusedAttention fusedAttention;

    private final Rotations rotations;

    /** An empty tensor, passed for a prefix or counts that a pass has not. */
    private final Tensor none;

    public DecoderProgram(TensorScope owner, ModelConfig config) {
        this(owner, config, PARTS, AttentionKind.FUSED);
    }

    /** @param parts files of the program's class, of which the first ones are {@link #PARTS} */
    public DecoderProgram(TensorScope owner, ModelConfig config, List<String> parts, AttentionKind attention) {
        this.config = config;
        int window = config.windows().stream().mapToInt(Integer::intValue).max().orElse(0);
        this.program = load(owner, config, parts, 0);
        this.windowed = window == 0 ? program : load(owner, config, parts, window);
        this.fusedAttention = new FusedAttention(owner, program, attention);
        this.rotations = new Rotations(owner, program, config);
        this.none = owner.zeros(ElementType.FLOAT32, 0);
    }

    private static Program load(TensorScope owner, ModelConfig config, List<String> parts, int window) {
        return Program.load(
                owner, parts, "Decoder", DecoderAttributes.of(config, DeviceLimits.of(owner.device()), window));
    }

    /** The program of layers without a window. */
    Program whole() {
        return program;
    }

    /** The program with a layer's window. */
    public Program of(int layer) {
        return config.kinds().get(layer).window() == 0 ? program : windowed;
    }

    /**
     * An adapter in the form that {@code read} takes: one with groups of signs as an ordinary one of higher rank.
     *
     * @param owner of the copies, if there are any
     */
    public AppliedAdapter ordinary(TensorScope owner, AppliedAdapter adapter) {
        if (!adapter.hasSigns()) {
            return adapter;
        }
        long[] outputs = Arrays.stream(ProjectionGroup.values())
                .mapToLong(group -> group.outputSize(config))
                .toArray();
        return adapter.with(adapter.layers().stream()
                .map(layer -> program.callForList(
                        owner,
                        "ordinary",
                        layer,
                        adapter.parts(ProjectionGroup.ATTENTION_INPUT),
                        adapter.parts(ProjectionGroup.ATTENTION_OUTPUT),
                        adapter.parts(ProjectionGroup.FEED_FORWARD),
                        adapter.parts(ProjectionGroup.DOWN),
                        outputs))
                .toList());
    }

    /** A bf16 matrix on a CPU in oneDNN's own layout, which only {@code read} and {@code logits} accept. */
    public Tensor packed(TensorScope scope, Tensor weight) {
        return program.call(scope, "packed", weight);
    }

    /** Whether a row's products with a packed matrix have the same bits however many rows are multiplied at a time. */
    boolean hasIndependentRows(TensorScope scope, Tensor packed) {
        try (Tensor different = program.call(scope, "dependent", packed)) {
            return different.toLongs()[0] == 0;
        }
    }

    public Tensor fuse(TensorScope scope, List<Tensor> weights) {
        return program.call(scope, "fuse", weights);
    }

    /**
     * Rows in the form for layers.
     *
     * @param continued the prefix before the rows; null if there is none
     * @param like tensor of the type of layers, cosines and sines
     * @throws IllegalArgumentException if a row is longer than the model's positions
     */
    public Batch batch(TensorScope scope, TokenRows rows, @Nullable Continuation continued, Tensor like) {
        return batch(scope, rows, continued, like, fusedAttention.spans(scope, rows, like));
    }

    /** The same for generation, whose attention is that of a cache. */
    public Batch generatingBatch(TensorScope scope, TokenRows rows, Tensor like) {
        return batch(scope, rows, null, like, FusedAttention.Spans.NONE);
    }

    private Batch batch(
            TensorScope scope,
            TokenRows rows,
            @Nullable Continuation continued,
            Tensor like,
            FusedAttention.Spans spans) {
        if (rows.lastPosition() >= config.maxPositions()) {
            throw new IllegalArgumentException("a row of %d tokens is longer than this model's %d positions"
                    .formatted(rows.lastPosition() + 1, config.maxPositions()));
        }
        Tensor positions = scope.longs(rows.positions(), rows.tokens());
        return new Batch(rows, continued, positions, rotations.at(scope, positions, like), spans);
    }

    /** Cosines and sines of positions, for each rotary embedding. */
    public Map<RotaryConfig, Turns> turns(TensorScope scope, Tensor positions, Tensor like) {
        return rotations.at(scope, positions, like);
    }

    /** Rows of the input embedding, as the first layer reads them. */
    Tensor embedded(TensorScope scope, Tensor rows) {
        return program.call(scope, "embedded", rows, rows);
    }

    /** What the output embedding reads, divided as logits are. */
    Tensor divided(TensorScope scope, Tensor states) {
        return program.call(scope, "divided", states);
    }

    public Tensor embed(TensorScope scope, Tensor ids, Tensor table) {
        return program.call(scope, "embed", ids, table);
    }

    /** Output of a layer, then the tensors that {@link #layerBackward} needs. */
    public List<Tensor> layer(
            TensorScope scope, Tensor x, int layer, Batch batch, FrozenWeights weights, AppliedAdapter adapter) {
        try (FrozenLayers.Loan lent = weights.layers().lend(layer)) {
            LayerWeights own = new LayerWeights(lent.weights(), adapter.layers().get(layer));
            return layer(scope, x, layer, batch, own, adapter);
        }
    }

    /** As above, with the weights of only this layer; the layers of {@code adapter} are ignored. */
    public List<Tensor> layer(
            TensorScope scope, Tensor x, int layer, Batch batch, LayerWeights weights, AppliedAdapter adapter) {
        Continuation continued = batch.continued();
        int start = batch.rows().start();
        boolean keeps =
                continued != null && continued.isPart() && !continued.prefix().has(layer, batch.end());
        Turns turns = batch.turns(config.kinds().get(layer));
        List<Tensor> results = of(layer)
                .callForList(
                        scope,
                        "layer",
                        x,
                        weights.frozen(),
                        weights.adapter(),
                        adapter.parts(ProjectionGroup.ATTENTION_INPUT),
                        adapter.parts(ProjectionGroup.FEED_FORWARD),
                        turns.cos(),
                        turns.sin(),
                        batch.rows().offsets(),
                        batch.rows().before(),
                        batch.spans().tensors(),
                        batch.spans().longest(),
                        prefix(layer, continued, start),
                        (long) start,
                        keeps,
                        adapter.dropout().seeds(layer),
                        adapter.activation(),
                        adapter.beta(),
                        adapter.dropout().probability());
        if (continued != null && keeps) {
            continued.prefix().computed(layer, batch.end());
        }
        return results;
    }

    private Tensor prefix(int layer, @Nullable Continuation continued, int start) {
        return continued == null ? none : continued.prefix().keysAndValues(this, layer, continued, start);
    }

    /**
     * Of each adapted group of a layer its {@link AdapterShares}, [groups, 2].
     *
     * @param computed what {@link #layer} returned
     */
    Tensor shares(TensorScope scope, List<Tensor> computed, int layer, AppliedAdapter adapter) {
        return program.call(
                scope,
                "shares",
                computed,
                adapter.layers().get(layer),
                adapter.parts(ProjectionGroup.ATTENTION_INPUT),
                adapter.parts(ProjectionGroup.ATTENTION_OUTPUT),
                adapter.parts(ProjectionGroup.FEED_FORWARD),
                adapter.parts(ProjectionGroup.DOWN),
                adapter.activation(),
                adapter.beta());
    }

    /**
     * Gradient of a layer's input.
     *
     * @param upstream gradient of the layer's output
     * @param pass tensors saved by the forward pass, and those for the gradients
     */
    Tensor layerBackward(
            TensorScope scope,
            Tensor upstream,
            int layer,
            LayerPass pass,
            Batch batch,
            FrozenWeights weights,
            AppliedAdapter adapter) {
        Continuation continued = batch.continued();
        int start = batch.rows().start();
        Tensor prefix = prefix(layer, continued, start);
        Tensor prefixGradient = start == 0
                ? none
                : scope.zeros(ElementType.FLOAT32, start, 2L * config.keyValueHeads(), config.headSize());
        Turns turns = batch.turns(config.kinds().get(layer));
        Tensor gradient;
        try (FrozenLayers.Loan lent = weights.layers().lend(layer)) {
            gradient = of(layer)
                    .call(
                            scope,
                            "layer_backward",
                            upstream,
                            pass.saved(),
                            lent.weights(),
                            adapter.layers().get(layer),
                            pass.gradients(),
                            pass.weightGradients(),
                            adapter.parts(ProjectionGroup.ATTENTION_INPUT),
                            adapter.parts(ProjectionGroup.ATTENTION_OUTPUT),
                            adapter.parts(ProjectionGroup.FEED_FORWARD),
                            adapter.parts(ProjectionGroup.DOWN),
                            turns.cos(),
                            turns.sin(),
                            batch.rows().offsets(),
                            batch.rows().before(),
                            batch.spans().tensors(),
                            batch.spans().longest(),
                            prefix,
                            (long) start,
                            prefixGradient,
                            gradientOfPart(layer, continued),
                            adapter.dropout().seeds(layer),
                            adapter.scale(),
                            adapter.activation(),
                            adapter.beta(),
                            adapter.dropout().probability());
        }
        if (continued != null) {
            continued.prefix().add(this, layer, continued, start, sums -> {
                if (start > 0) {
                    program.call(scope, "add_first", sums, prefixGradient).close();
                    prefixGradient.close();
                }
            });
        }
        return gradient;
    }

    private Tensor gradientOfPart(int layer, @Nullable Continuation continued) {
        return continued != null && continued.isPart() ? continued.prefix().gradients(layer, continued.turn()) : none;
    }

    /** The keys and values of a prefix become the first of a longer one. */
    void copyFirst(TensorScope scope, Tensor target, Tensor source) {
        program.call(scope, "copy_first", target, source).close();
    }

    /** Adds the first of the gradients to the sums of a shorter prefix. */
    void addAll(TensorScope scope, Tensor sums, Tensor more) {
        program.call(scope, "add_all", sums, more).close();
    }

    Tensor logits(TensorScope scope, Tensor x, Tensor at, FrozenWeights weights) {
        return program.call(scope, "logits", x, at, weights.norm(), weights.head());
    }

    /**
     * Sums of the loss, the negative log-likelihood of each trained token, then the gradient of {@code x} if
     * {@code backward}.
     *
     * @param weightGradients take the gradients of final norm and output embedding; empty if they are frozen
     */
    List<Tensor> head(
            TensorScope scope,
            Tensor x,
            Targets targets,
            FrozenWeights weights,
            List<Tensor> weightGradients,
            boolean backward) {
        float[] counts = targets.counts();
        return program.callForList(
                scope,
                "head",
                x,
                weights.norm(),
                weights.head(),
                scope.longs(targets.at(), targets.count()),
                scope.longs(targets.ids(), targets.count()),
                counts.length == 0 ? none : scope.floats(counts, counts.length),
                targets.temperature(),
                weightGradients,
                backward);
    }

    /** Normed hidden states of the trained positions, [M, H]. */
    Tensor states(TensorScope scope, Tensor x, Targets targets, FrozenWeights weights) {
        return program.call(scope, "states", x, scope.longs(targets.at(), targets.count()), weights.norm());
    }

    /**
     * As {@link #head}, for a draft: sums, what each position adds to them, [3, M], and the gradient of {@code x} if
     * {@code backward}.
     *
     * @param weightGradients take the gradients of final norm and output embedding; empty if they are frozen
     */
    List<Tensor> distil(
            TensorScope scope,
            Tensor x,
            Targets targets,
            Objective.Distillation lesson,
            FrozenWeights weights,
            List<Tensor> weightGradients,
            boolean backward) {
        return program.callForList(
                scope,
                "distil",
                x,
                weights.norm(),
                weights.head(),
                scope.longs(targets.at(), targets.count()),
                lesson.states(),
                lesson.embedding(),
                lesson.loss().number(),
                weightGradients,
                backward);
    }

    /**
     * Multiplies the rows of a gradient of the head, in place, by the derivatives with respect to the log-likelihoods
     * of the targets.
     */
    void weigh(TensorScope scope, Tensor gradient, Targets targets, float[] derivatives) {
        Tensor at = scope.longs(targets.at(), targets.count());
        program.call(scope, "weigh", gradient, at, scope.floats(derivatives, targets.count()))
                .close();
    }

    /**
     * @param anew whether the gradient of the input embedding's rows overwrites {@code gradient} instead of being added
     *     to it
     */
    void embedBackward(TensorScope scope, Tensor upstream, Tensor ids, Tensor gradient, boolean anew) {
        program.call(scope, "embed_backward", upstream, ids, gradient, anew).close();
    }
}
