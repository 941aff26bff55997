package dev.anneal.engine.train.draft;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.network.draft.DraftVocabulary;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleGradients;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.draft.TrainableHead;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.state.AdapterTraining;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.Trainable;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A draft head is trained: all its weights but the output embedding; or, with an adapter of its layer's projections,
 * the adapter and the weights that no target's layer has, fc and norms.
 *
 * @param weights those of its weights that are trained
 */
public record HeadTraining(
        EagleHead head, TrainableHead weights, @Nullable Adapter adapter) implements Trainable<EagleGradients> {

    private static final String OUTPUT_EMBEDDING = "lm_head.weight";

    public static HeadTraining of(TrainingMethod.SpeculativeDraft method, TrainingJob job) throws IOException {
        EagleHead head = head(method, job);
        try {
            Adapter adapter = AdapterTraining.adapter(job, head.scope(), head.precision(), head.config());
            boolean whole = adapter == null;
            TrainableHead weights = new TrainableHead(head, name -> isTrained(name, whole));
            Path initial = job.initialValues();
            if (initial != null) {
                // The head's own are rounded to its precision.
                weights.restore(DurableFiles.parentOf(initial));
            }
            return new HeadTraining(head, weights, adapter);
        } catch (IOException | RuntimeException e) {
            head.close();
            throw e;
        }
    }

    /**
     * The head of a checkpoint, its own or that of the draft that is trained further; or a new one whose layer is a
     * copy of the last one of its target that rotates queries and keys, as heads do.
     */
    private static EagleHead head(TrainingMethod.SpeculativeDraft method, TrainingJob job) throws IOException {
        DecoderModel target = job.model();
        EagleConfig config = HeadShape.of(method, target.config());
        String resumeFrom = job.task().resumeFrom();
        Path initial = job.initialValues();
        if (resumeFrom != null) {
            return EagleHead.load(Path.of(resumeFrom), config, target);
        }
        if (initial != null) {
            return EagleHead.load(DurableFiles.parentOf(initial), config, target);
        }
        long[] counts = new long[target.config().vocabularySize()];
        ((TrainingData.Rows) job.data())
                .training()
                .forEach(row -> Arrays.stream(row.ids()).forEach(id -> counts[id]++));
        DraftVocabulary vocabulary = DraftVocabulary.ofCounts(counts, config.draftVocabulary());
        return EagleHead.create(target, config, vocabulary, target.config().lastRotatedLayer());
    }

    private static boolean isTrained(String name, boolean whole) {
        boolean isProjection = name.contains("_proj.");
        return !name.equals(OUTPUT_EMBEDDING) && (whole || !isProjection);
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>(Parameter.allOf(weights, true));
        if (adapter != null) {
            parameters.addAll(new AdapterTraining(adapter).parameters());
        }
        return parameters;
    }

    @Override
    public StepGradients<EagleGradients> newGradients(TensorScope owner) {
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
    public List<CheckpointWriter.Part> parts() {
        CheckpointWriter.Part whole = new CheckpointWriter.Part(CheckpointFolder.WEIGHTS, weights::saveWhole);
        return adapter == null
                ? List.of(whole)
                : List.of(whole, new CheckpointWriter.Part(CheckpointFolder.ADAPTER, adapter::save));
    }

    @Override
    public void restore(CheckpointFolder checkpoint) throws IOException {
        weights.restore(checkpoint.folder());
        if (adapter != null) {
            adapter.restore(checkpoint.adapterFile());
        }
    }

    /** The head owns the memory of the weights and of the adapter. */
    @Override
    public void close() {
        head.close();
    }
}
