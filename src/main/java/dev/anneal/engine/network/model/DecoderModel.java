package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.LayerWidths;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A frozen decoder in memory. Thread-safe if each thread uses its own scopes; results belong to the given scope. Closed
 * by its owner.
 */
public final class DecoderModel implements AutoCloseable {

    private final Path directory;
    private final ModelConfig config;
    private final ElementType precision;
    private final TensorScope scope;
    private final DecoderProgram program;
    private final FrozenWeights weights;
    private final AppliedAdapter noAdapter;

    private DecoderModel(
            Path directory,
            ModelConfig config,
            ElementType precision,
            TensorScope scope,
            DecoderProgram program,
            FrozenWeights weights) {
        this.directory = directory;
        this.config = config;
        this.precision = precision;
        this.scope = scope;
        this.program = program;
        this.weights = weights;
        this.noAdapter = AppliedAdapter.none(scope, config, precision);
    }

    /**
     * Loads a Hugging Face directory.
     *
     * @param precision type of weights and arithmetic, {@code FLOAT32} or {@code BFLOAT16}, independent of the files'
     *     types
     * @param device {@code cpu} or {@code cuda:N}
     * @throws ModelConfigException if the engine does not support the configuration or weights
     */
    public static DecoderModel load(Path directory, ElementType precision, String device) throws IOException {
        return load(directory, directory, precision, device);
    }

    /**
     * As {@link #load(Path, ElementType, String)}, with weights from another directory.
     *
     * @param weightDirectory safetensors with the names of the directory's own weights
     */
    public static DecoderModel load(Path directory, Path weightDirectory, ElementType precision, String device)
            throws IOException {
        return load(directory, weightDirectory, precision, device, ModelForm.RESIDENT);
    }

    /**
     * As {@link #load(Path, ElementType, String)}, with the projections of layers in another form, of which each
     * layer's matrices are made when it is computed.
     *
     * @param precision type of the arithmetic and of all other weights
     */
    public static DecoderModel load(Path directory, ElementType precision, String device, ModelForm form)
            throws IOException {
        return load(directory, directory, precision, device, form);
    }

    private static DecoderModel load(
            Path directory, Path weightDirectory, ElementType precision, String device, ModelForm form)
            throws IOException {
        if (precision != ElementType.FLOAT32 && precision != ElementType.BFLOAT16) {
            throw new IllegalArgumentException("a decoder computes in FLOAT32 or BFLOAT16, not in " + precision);
        }
        TensorScope scope = TensorScope.open(device);
        try (WeightDirectory files = WeightDirectory.open(weightDirectory)) {
            ModelConfig config = ModelConfig.read(directory.resolve("config.json"), files);
            DecoderProgram program = new DecoderProgram(scope, config, DecoderProgram.PARTS, form.attention());
            FrozenWeights weights =
                    form.load(new WeightLoader(files, config, program, scope, precision, WeightLoader.BLOCK_BYTES));
            // Mapped files stay resident until their buffers are collected, and the collector rarely runs otherwise.
            System.gc();
            return new DecoderModel(weightDirectory, config, precision, scope, program, weights);
        } catch (IOException | RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    public ModelConfig config() {
        return config;
    }

    public ElementType precision() {
        return precision;
    }

    /**
     * Maximum memory of {@link #lossAndGradient} if activations are kept, without weights and gradients, in bytes.
     *
     * @param tokens tokens of all micro-batches computed at a time
     * @param adapterWidth rank times adapted projections of a layer
     * @param threads number of threads that compute at a time
     */
    public long passBytes(long tokens, int adapterWidth, int threads) {
        LayerWidths widths = LayerWidths.of(config);
        long kept = widths.kept(adapterWidth) * config.layers() * precision.bytes();
        return tokens * (kept + widths.passing() * Float.BYTES)
                + DeviceLimits.of(scope.device()).logitBytes(precision.bytes(), config.vocabularySize(), threads);
    }

    /** Limits of sequences decoded at a time. */
    public DecodingLimits decodingLimits() {
        return DecodingLimits.of(scope.device(), precision == ElementType.FLOAT32 || !hasResidentWeights());
    }

    /** The scope that lives as long as the model. */
    public TensorScope scope() {
        return scope;
    }

    /** No adapter: the base model itself. */
    public AppliedAdapter noAdapter() {
        return noAdapter;
    }

    /** Embedding whose product with the normed hidden states gives the logits, [V, H]. */
    public Tensor outputEmbedding() {
        return weights.head();
    }

    /** Embedding of the tokens, [V, H]. */
    public Tensor inputEmbedding() {
        return weights.embedding();
    }

    /** Weight of the norm before the output embedding, [H]. */
    public Tensor finalNorm() {
        return weights.norm();
    }

    /** The weights of a layer as {@link DecoderTensors#layers} has them. Closed by the caller. */
    public FrozenLayers.Loan layerWeights(int layer) {
        return weights.layers().lend(layer);
    }

    /** Whether weights stay in memory in {@link #precision}; otherwise each layer's are made from 4 bits. */
    public boolean hasResidentWeights() {
        return weights.layers().areResident();
    }

    /**
     * Hidden states of all tokens after the last layer, before the final norm, [N, H], and residual streams for a
     * draft.
     *
     * @param streams numbers of the layers that the streams enter; the number of layers for the stream after the last
     *     one
     * @param betweenLayers called before each layer; an exception of it ends the pass and is rethrown
     */
    public HiddenStates hiddenStates(
            TensorScope target, TokenRows rows, AppliedAdapter adapter, List<Integer> streams, Runnable betweenLayers) {
        try (TensorScope pass = target.child()) {
            Map<Integer, Tensor> states =
                    streams(pass, new PassInput(rows, Targets.NONE), adapter, Set.copyOf(streams), betweenLayers);
            states.replaceAll((stream, tensor) -> tensor.in(target));
            return HiddenStates.of(streams, states, config.layers());
        }
    }

    private Tensor hiddenStates(
            TensorScope target,
            TokenRows rows,
            @Nullable Continuation continued,
            AppliedAdapter adapter,
            Runnable betweenLayers) {
        try (TensorScope pass = target.child()) {
            PassInput input = new PassInput(rows, Targets.NONE, continued);
            return Objects.requireNonNull(streams(pass, input, adapter, Set.of(), betweenLayers)
                            .get(config.layers()))
                    .in(target);
        }
    }

    /** What enters the wanted layers, and what leaves the last one. */
    private Map<Integer, Tensor> streams(
            TensorScope pass, PassInput input, AppliedAdapter adapter, Set<Integer> wanted, Runnable betweenLayers) {
        Map<Integer, Tensor> streams = new HashMap<>();
        Batch batch = program.batch(pass, input.rows(), input.continued(), weights.norm());
        Tensor x = embed(pass, input.rows());
        for (int layer = 0; layer < config.layers(); layer++) {
            betweenLayers.run();
            Tensor entering = x;
            try (TensorScope inner = pass.child()) {
                x = program.layer(inner, entering, layer, batch, weights, adapter)
                        .get(0)
                        .in(pass);
            }
            if (wanted.contains(layer)) {
                streams.put(layer, entering);
            } else {
                entering.close();
            }
        }
        streams.put(config.layers(), x);
        return streams;
    }

    /** What an adapter does to some rows; not for one without matrices. */
    public AdapterShares adapterShares(TokenRows rows, AppliedAdapter adapter) {
        double even = 0;
        double output = 0;
        int groups = 0;
        try (TensorScope pass = scope.child()) {
            Batch batch = program.batch(pass, rows, null, weights.norm());
            Tensor x = embed(pass, rows);
            for (int layer = 0; layer < config.layers(); layer++) {
                try (TensorScope inner = pass.child()) {
                    List<Tensor> computed = program.layer(inner, x, layer, batch, weights, adapter);
                    double[] shares =
                            program.shares(inner, computed, layer, adapter).toDoubles();
                    for (int group = 0; group < shares.length; group += 2) {
                        even += shares[group];
                        output += shares[group + 1];
                        groups++;
                    }
                    x = computed.get(0).in(pass);
                }
            }
        }
        return new AdapterShares(even / groups, output / groups);
    }

    /** Logits of chosen tokens in fp32, [M, V]. */
    public Tensor logits(TensorScope target, Tensor hiddenStates, long[] at) {
        try (Tensor chosen = target.longs(at, at.length)) {
            return program.logits(target, hiddenStates, chosen, weights);
        }
    }

    /**
     * Loss of the trained positions without gradients, for validation.
     *
     * @param betweenLayers called before each layer; an exception of it ends the pass and is rethrown
     */
    public LossSums loss(TensorScope target, PassInput input, AppliedAdapter adapter, Runnable betweenLayers) {
        try (TensorScope pass = target.child()) {
            List<Tensor> head = head(pass, input, adapter, betweenLayers);
            return head.isEmpty() ? LossSums.NONE : sums(head, input.targets());
        }
    }

    /** Log-probabilities of the trained tokens, row after row. */
    public float[] logProbabilities(
            TensorScope target, PassInput input, AppliedAdapter adapter, Runnable betweenLayers) {
        try (TensorScope pass = target.child()) {
            List<Tensor> head = head(pass, input, adapter, betweenLayers);
            return head.isEmpty() ? new float[0] : logProbabilities(head);
        }
    }

    /**
     * Normed hidden states of the trained positions, for a draft that learns from this model, [M, H]; [0, H] if there
     * are none.
     */
    public Tensor states(TensorScope target, PassInput input, AppliedAdapter adapter, Runnable betweenLayers) {
        try (TensorScope pass = target.child()) {
            Tensor hidden = hiddenStates(pass, input.rows(), input.continued(), adapter, betweenLayers);
            return program.states(pass, hidden, input.targets(), weights).in(target);
        }
    }

    /** Divergence from a target's distributions without gradients, for validation. */
    public LossSums divergence(
            TensorScope target,
            PassInput input,
            AppliedAdapter adapter,
            Objective.Distillation lesson,
            Runnable betweenLayers) {
        try (TensorScope pass = target.child()) {
            Tensor hidden = hiddenStates(pass, input.rows(), input.continued(), adapter, betweenLayers);
            List<Tensor> head = program.distil(pass, hidden, input.targets(), lesson, weights, List.of(), false);
            lesson.receiver().accept(head.get(1).toFloats());
            return sums(head, input.targets());
        }
    }

    /** Results of the head without gradients; empty if there are no targets. */
    private List<Tensor> head(TensorScope pass, PassInput input, AppliedAdapter adapter, Runnable betweenLayers) {
        Continuation continued = input.continued();
        boolean hasTargets = input.targets().count() > 0;
        if (!hasTargets && (continued == null || !continued.isPart())) {
            return List.of();
        }
        Tensor hidden = hiddenStates(pass, input.rows(), continued, adapter, betweenLayers);
        return hasTargets ? program.head(pass, hidden, input.targets(), weights, List.of(), false) : List.of();
    }

    /**
     * Loss of the trained positions and its gradient with respect to the trained values.
     *
     * @param gradients overwritten with the gradient of the objective, unless there are neither targets nor a prefix
     * @param objective not {@link Objective.OfLogProbabilities} if all weights are trained
     */
    public LossSums lossAndGradient(
            TensorScope target,
            PassInput input,
            AppliedAdapter adapter,
            Gradients gradients,
            PassControl control,
            Objective objective) {
        if (input.targets().count() == 0 && input.continued() == null) {
            return LossSums.NONE;
        }
        try (TrainingPass pass = trainingPass(target, input, adapter, control)) {
            pass.forward();
            return pass.backward(gradients, objective);
        }
    }

    /** A pass whose forward and backward are computed apart, as those of a prefix are. */
    public TrainingPass trainingPass(TensorScope target, PassInput input, AppliedAdapter adapter, PassControl control) {
        return new TrainingPass(this, target.child(), input, adapter, control);
    }

    @Override
    public void close() {
        scope.close();
    }

    Batch generatingBatch(TensorScope pass, TokenRows rows) {
        return program.generatingBatch(pass, rows, weights.norm());
    }

    Tensor embed(TensorScope pass, TokenRows rows) {
        return program.embed(pass, pass.longs(rows.ids(), rows.tokens()), weights.embedding());
    }

    /** @param ofHead results of the head, of which the second is the negative log-likelihoods */
    static float[] logProbabilities(List<Tensor> ofHead) {
        float[] values = ofHead.get(1).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
        }
        return values;
    }

    DecoderProgram program() {
        return program;
    }

    FrozenWeights weights() {
        return weights;
    }

    /** The Hugging Face directory that it was loaded from. */
    Path directory() {
        return directory;
    }

    /** @param ofHead results of the head, of which the first is the sums */
    static LossSums sums(List<Tensor> ofHead, Targets targets) {
        double[] values = ofHead.get(0).toDoubles();
        return new LossSums(values[0], Math.round(values[1]), targets.trained());
    }
}
