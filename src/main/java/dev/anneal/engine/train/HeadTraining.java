package dev.anneal.engine.train;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.network.draft.EagleGradients;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.TrainableHead;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A draft head is trained: all its weights but the output embedding; or, with an adapter of its layer's projections,
 * the adapter and the weights that no target's layer has, fc and norms.
 *
 * @param weights those of its weights that are trained
 */
record HeadTraining(
        EagleHead head, TrainableHead weights, @Nullable Adapter adapter) implements Trainable<EagleGradients> {

    /** The head's file in a checkpoint, with all its weights. */
    static final String HEAD = Checkpoint.WEIGHTS;

    private static final String OUTPUT_EMBEDDING = "lm_head.weight";

    /**
     * @param config of the adapter; null trains all weights
     * @param initial file of a checkpoint with the initial values of the adapter, or of all weights; null for those of
     *     a new training
     */
    static HeadTraining of(EagleHead head, @Nullable AdapterConfig config, @Nullable Path initial, long seed)
            throws IOException {
        Adapter adapter = config == null ? null : adapter(head, config, initial, seed);
        boolean whole = adapter == null;
        TrainableHead weights = new TrainableHead(head, name -> isTrained(name, whole));
        if (initial != null) {
            // The head's own are rounded to its precision.
            weights.restore(DurableFiles.parentOf(initial));
        }
        return new HeadTraining(head, weights, adapter);
    }

    private static Adapter adapter(EagleHead head, AdapterConfig config, @Nullable Path initial, long seed)
            throws IOException {
        return initial == null
                ? Adapter.create(head.scope(), head.precision(), head.config(), config, seed)
                : Adapter.load(head.scope(), head.precision(), head.config(), config, initial);
    }

    private static boolean isTrained(String name, boolean whole) {
        boolean isProjection = name.contains("_proj.");
        return !name.equals(OUTPUT_EMBEDDING) && (whole || !isProjection);
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        List<Tensor> masters = weights.masters();
        List<String> names = weights.names();
        List<List<Long>> matrices = weights.matrices();
        for (int i = 0; i < masters.size(); i++) {
            parameters.add(new Parameter(names.get(i), masters.get(i), false, matrices.get(i)));
        }
        if (adapter != null) {
            parameters.addAll(new AdapterTraining(adapter).parameters());
        }
        return parameters;
    }

    @Override
    public StepGradients<EagleGradients> newGradients(Scope owner) {
        List<Tensor> gradients = new ArrayList<>(weights.newGradients(owner));
        List<Tensor> ofAdapter = head.noAdapter().layers().get(0);
        List<Tensor> all = new ArrayList<>(gradients);
        if (adapter != null) {
            AdapterGradients own = adapter.newGradients(owner);
            all.addAll(List.of(own.a(), own.b()));
            ofAdapter = own.layers().get(0);
        }
        return new StepGradients<>(all, new EagleGradients(ofAdapter, weights.arranged(gradients)));
    }

    @Override
    public ElementType precision() {
        return head.precision();
    }

    @Override
    public int gradientBuffers(int threads) {
        return threads;
    }

    @Override
    public AppliedAdapter apply(double beta) {
        weights.refresh();
        return adapter == null ? head.noAdapter() : adapter.apply(beta, AdapterDropout.NONE);
    }

    @Override
    public @Nullable AdapterConfig config() {
        return adapter == null ? null : adapter.config();
    }

    @Override
    public void save(Path file) throws IOException {
        if (adapter == null) {
            weights.saveWhole(file);
        } else {
            adapter.save(file);
        }
    }

    /** The head's weights beside an adapter. */
    List<CheckpointWriter.Part> parts() {
        return adapter == null ? List.of() : List.of(new CheckpointWriter.Part(HEAD, weights::saveWhole));
    }

    @Override
    public void restore(Checkpoint checkpoint) throws IOException {
        weights.restore(checkpoint.folder());
        if (adapter != null) {
            adapter.restore(checkpoint.adapterFile());
        }
    }

    @Override
    public void close() {
        weights.close();
        if (adapter != null) {
            adapter.close();
        }
    }
}
