package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.DecoderProgram;
import dev.anneal.engine.network.model.WeightLoader;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A draft head in memory, in its target's precision and on its device. It uses the target's embeddings, and ends before
 * the target does. Thread-safe if each thread uses its own scopes. Closed by its owner.
 */
public final class EagleHead implements AutoCloseable {

    private final EagleConfig config;
    private final DraftVocabulary vocabulary;
    private final ElementType precision;
    private final TensorScope scope;
    private final EagleProgram program;
    private final Tensor embedding;
    private final Tensor targetNorm;
    private final AppliedAdapter noAdapter;
    private final Tensor nothing;

    private EagleHead(
            DecoderModel target,
            TensorScope scope,
            DraftVocabulary vocabulary,
            EagleConfig config,
            EagleProgram program,
            Tensor embedding) {
        this.scope = scope;
        this.precision = target.precision();
        this.targetNorm = target.finalNorm();
        this.vocabulary = vocabulary;
        this.config = config;
        this.program = program;
        this.embedding = embedding;
        this.noAdapter = AppliedAdapter.none(scope, config, precision);
        this.nothing = scope.zeros(ElementType.FLOAT32, 0);
    }

    /**
     * Loads the weights of a head with Speculators' names.
     *
     * @param folder with {@code model.safetensors}; {@code embed_tokens} may be missing, and is then the target's
     * @throws ModelConfigException if the weights are not those of such a head, or it does not fit the target
     */
    public static EagleHead load(Path folder, EagleConfig config, DecoderModel target) throws IOException {
        requireFits(folder, config, target);
        TensorScope scope = target.scope().child();
        try (WeightDirectory files = WeightDirectory.open(folder)) {
            DraftVocabulary vocabulary = new EagleFiles(files, config).checked();
            DecoderProgram decoder = EagleProgram.decoder(scope, config);
            WeightLoader loader = new WeightLoader(
                    files, config.layer(), decoder, scope, target.precision(), WeightLoader.BLOCK_BYTES);
            List<Tensor> weights = new ArrayList<>();
            for (List<CheckpointTensors.Stored> stored : EagleNames.of(config)) {
                weights.add(loader.weight(stored, weights.size()));
            }
            if (!config.isEagle3()) {
                weights.set(weights.size() - 1, target.outputEmbedding());
            }
            Tensor embedding = files.contains(EagleNames.EMBEDDING)
                    ? loader.tensor(EagleNames.EMBEDDING)
                    : target.inputEmbedding();
            EagleProgram program = new EagleProgram(scope, config, decoder, EagleTensors.of(weights));
            return new EagleHead(target, scope, vocabulary, config, program, embedding);
        } catch (IOException | RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /**
     * A new head whose layer is a copy of one of the target's. Its fc hands on the last stream, and the layer's
     * attention reads embedding and state alike; in EAGLE-1 fc adds them.
     *
     * @param vocabulary that it can propose
     * @param layer number of the copied layer
     */
    public static EagleHead create(DecoderModel target, EagleConfig config, DraftVocabulary vocabulary, int layer) {
        requireFits(Path.of("config.json"), config, target);
        if (vocabulary.size() != config.draftVocabulary()) {
            throw new IllegalArgumentException("a vocabulary of %d tokens for a draft of %d"
                    .formatted(vocabulary.size(), config.draftVocabulary()));
        }
        TensorScope scope = target.scope().child();
        try {
            DecoderProgram decoder = EagleProgram.decoder(scope, config);
            EagleTensors weights = new EagleStart(scope, decoder.of(0), config, target).weights(vocabulary, layer);
            EagleProgram program = new EagleProgram(scope, config, decoder, weights);
            return new EagleHead(target, scope, vocabulary, config, program, target.inputEmbedding());
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private static void requireFits(Path where, EagleConfig config, DecoderModel target) {
        int width = target.config().hiddenSize();
        int tokens = target.config().vocabularySize();
        int layers = target.config().layers();
        if (config.hiddenSize() != width || config.layer().vocabularySize() != tokens) {
            throw new ModelConfigException(
                    where,
                    "is a draft of width %d for %d tokens; its target has width %d and %d tokens"
                            .formatted(config.hiddenSize(), config.layer().vocabularySize(), width, tokens));
        }
        if (config.streams().stream().anyMatch(stream -> stream < 0 || stream > layers)) {
            throw new ModelConfigException(
                    where, "reads the streams %s; its target has 0 to %d".formatted(config.streams(), layers));
        }
    }

    public EagleConfig config() {
        return config;
    }

    /** The tokens that it can propose. */
    public DraftVocabulary vocabulary() {
        return vocabulary;
    }

    public ElementType precision() {
        return precision;
    }

    /** The scope that lives as long as the head. */
    public TensorScope scope() {
        return scope;
    }

    /** No adapter: the head itself. */
    public AppliedAdapter noAdapter() {
        return noAdapter;
    }

    /**
     * What its output embedding reads at the tokens of a prompt, [n, H]: first with its target's states, then, but for
     * EAGLE-1, with its own of the tokens before.
     *
     * @param ofTarget adapter of the target
     * @param adapter of the head's layer, or {@link #noAdapter}
     */
    public Tensor states(
            TensorScope owner, DecoderModel target, AppliedAdapter ofTarget, int[] prompt, AppliedAdapter adapter) {
        TokenRows rows = TokenRows.of(List.of(prompt));
        try (TensorScope passing = owner.child();
                EagleTeacher teacher = new EagleTeacher(this, target)) {
            HiddenStates states = target.hiddenStates(passing, rows, ofTarget, config.streams(), () -> {});
            EagleInput input = new EagleInput(
                    rows, new boolean[rows.tokens()], states.streams(), teacher.states(passing, states.last()));
            try (EaglePass pass = new EaglePass(passing, this, teacher, input, adapter)) {
                int steps = config.isEagle3() ? 2 : 1;
                pass.forward(steps);
                List<Tensor> read = new ArrayList<>();
                for (int step = 0; step < steps; step++) {
                    long[] known = LongStream.range(0, Math.max(0, prompt.length - 1 - step))
                            .toArray();
                    read.add(program.outputStates(passing, program.rowsOf(passing, pass.output(step), known)));
                }
                return program.decoder().fuse(passing, read).in(owner);
            }
        }
    }

    /** Rows of its output embedding, [count, H]. */
    public Tensor outputEmbedding(TensorScope owner, long first, long count) {
        long[] ids = LongStream.range(first, first + count).toArray();
        return program.rowsOf(owner, program.weights().head(), ids);
    }

    /** Gradients of weights that are all frozen. */
    public EagleTensors nothing() {
        return EagleTensors.of(Collections.nCopies(program.weights().all().size(), nothing));
    }

    EagleProgram program() {
        return program;
    }

    /** Weight of the target's final norm, after which EAGLE-1 reads its states, [H]. */
    Tensor targetNorm() {
        return targetNorm;
    }

    /** Embedding of the tokens that it reads, [V, H]. */
    Tensor embedding() {
        return embedding;
    }

    @Override
    public void close() {
        scope.close();
    }
}
