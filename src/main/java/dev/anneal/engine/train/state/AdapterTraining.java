package dev.anneal.engine.train.state;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An adapter is trained; the model's weights are frozen. */
public record AdapterTraining(Adapter adapter) implements Trainable<Gradients> {

    /** Trains the job's adapter, or all weights of its model if it has none. */
    public static Trainable<Gradients> orFull(TrainingJob job) throws IOException {
        DecoderModel model = job.model();
        Adapter adapter = adapter(job, model.scope(), model.precision(), model.config());
        return adapter == null ? FullTraining.of(model, job.initialValues()) : new AdapterTraining(adapter);
    }

    /**
     * A new adapter, or that of the job's initial values; null if the job has none.
     *
     * @param owner ends after the adapter
     */
    public static @Nullable Adapter adapter(TrainingJob job, TensorScope owner, ElementType precision, LayerShape shape)
            throws IOException {
        AdapterConfig config = job.adapterConfig();
        Path initial = job.initialValues();
        if (config == null) {
            return null;
        }
        return initial == null
                ? Adapter.create(owner, precision, shape, config, job.settings().seed())
                : Adapter.load(owner, precision, shape, config, initial);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(new Parameter("lora_A", adapter.a(), false), new Parameter("lora_B", adapter.b(), true));
    }

    @Override
    public StepGradients<Gradients> newGradients(TensorScope owner) {
        AdapterGradients gradients = adapter.newGradients(owner);
        return new StepGradients<>(List.of(gradients.a(), gradients.b()), new Gradients(gradients.layers(), null));
    }

    /** One more than threads, because an adapter is small. */
    @Override
    public int gradientBuffers(int threads) {
        return DeviceLimits.adapterGradients(threads);
    }

    @Override
    public AppliedAdapter apply(double beta) {
        return adapter.apply(beta, AdapterDropout.NONE);
    }

    @Override
    public AdapterConfig config() {
        return adapter.config();
    }

    @Override
    public List<CheckpointWriter.Part> parts() {
        return List.of(new CheckpointWriter.Part(CheckpointFolder.ADAPTER, adapter::save));
    }

    @Override
    public void restore(CheckpointFolder checkpoint) throws IOException {
        adapter.restore(checkpoint.adapterFile());
    }

    @Override
    public void close() {
        adapter.close();
    }
}
