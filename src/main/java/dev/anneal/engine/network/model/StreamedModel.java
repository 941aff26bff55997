package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A frozen decoder in files, with the weights of one layer in memory at a time: for passes over few tokens by models
 * larger than memory. Computes the same as a {@link DecoderModel} in fp32. Not thread-safe.
 */
public final class StreamedModel implements AutoCloseable {

    private final ModelConfig config;
    private final WeightDirectory files;
    private final TensorScope scope;
    private final DecoderProgram program;

    private StreamedModel(ModelConfig config, WeightDirectory files, String device) {
        this.config = config;
        this.files = files;
        this.scope = TensorScope.open(device);
        this.program = new DecoderProgram(scope, config);
    }

    /** Source of each layer's adapter. */
    @FunctionalInterface
    public interface LayerAdapters {

        /**
         * An adapter whose only layer is the given one.
         *
         * @param owner ends when the layer has been computed
         */
        AppliedAdapter of(TensorScope owner, int layer) throws IOException;
    }

    /**
     * @param directory of the configuration
     * @param weightDirectory of safetensors with the names of the directory's own weights
     * @param device {@code cpu} or {@code cuda:N}
     * @throws ModelConfigException if the engine does not support the configuration or weights
     */
    public static StreamedModel open(Path directory, Path weightDirectory, String device) throws IOException {
        WeightDirectory files = WeightDirectory.open(weightDirectory);
        try {
            return new StreamedModel(ModelConfig.read(directory.resolve("config.json"), files), files, device);
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** The scope that lives as long as the model. */
    public TensorScope scope() {
        return scope;
    }

    public ModelConfig config() {
        return config;
    }

    /** No adapter: the model itself. */
    public LayerAdapters noAdapters() {
        return (owner, layer) -> AppliedAdapter.none(owner, config, ElementType.FLOAT32);
    }

    /**
     * Hidden states of all tokens after the last layer, before the final norm.
     *
     * @param betweenParts called before each prompt in each layer; an exception of it ends the pass and is rethrown
     * @param target owner of the results
     * @return for each prompt [tokens, H]
     */
    public List<Tensor> hiddenStates(
            TensorScope target, List<int[]> prompts, LayerAdapters adapters, Runnable betweenParts) throws IOException {
        try (TensorScope pass = scope.child()) {
            List<Batch> batches = new ArrayList<>();
            List<Tensor> states = new ArrayList<>();
            for (int[] prompt : prompts) {
                TokenRows rows = TokenRows.of(List.of(prompt));
                states.add(embed(pass, rows));
                batches.add(program.batch(pass, rows, null, states.get(states.size() - 1)));
            }
            for (int layer = 0; layer < config.layers(); layer++) {
                pass(pass, layer, batches, states, adapters, betweenParts);
            }
            return states.stream().map(state -> state.in(target)).toList();
        }
    }

    /** Takes all prompts through one layer. */
    private void pass(
            TensorScope pass,
            int layer,
            List<Batch> batches,
            List<Tensor> states,
            LayerAdapters adapters,
            Runnable betweenParts)
            throws IOException {
        try (TensorScope loaded = scope.child()) {
            AppliedAdapter adapter = adapters.of(loaded, layer);
            LayerWeights weights = new LayerWeights(
                    loader(loaded).layer(layer), adapter.layers().get(0));
            for (int i = 0; i < states.size(); i++) {
                betweenParts.run();
                try (Tensor input = states.get(i);
                        TensorScope inner = loaded.child()) {
                    states.set(
                            i,
                            program.layer(inner, input, layer, batches.get(i), weights, adapter)
                                    .get(0)
                                    .in(pass));
                }
            }
        }
    }

    /** Weight of the norm between the last layer and the output embedding, [H], by which logits are divided too. */
    public Tensor finalNorm(TensorScope owner) throws IOException {
        return program.divided(owner, loader(owner).tensor(CheckpointTensors.NORM));
    }

    /** Some rows of the embedding whose product with the normed hidden states gives the logits, [rows, H]. */
    public Tensor outputEmbedding(TensorScope owner, long firstRow, long rows) throws IOException {
        return loader(owner)
                .rows(config.tiedEmbeddings() ? CheckpointTensors.EMBEDDING : CheckpointTensors.HEAD, firstRow, rows);
    }

    private WeightLoader loader(TensorScope owner) {
        return new WeightLoader(files, config, program, owner, ElementType.FLOAT32, WeightLoader.BLOCK_BYTES);
    }

    /** Reads only the tokens' rows of the embedding. */
    private Tensor embed(TensorScope pass, TokenRows rows) throws IOException {
        try (TensorScope passing = scope.child()) {
            WeightLoader loader = loader(passing);
            List<Tensor> embedded = new ArrayList<>();
            for (long id : rows.ids()) {
                embedded.add(loader.rows(CheckpointTensors.EMBEDDING, id, 1));
            }
            return program.embedded(passing, program.fuse(passing, embedded)).in(pass);
        }
    }

    @Override
    public void close() throws IOException {
        scope.close();
        files.close();
    }
}
