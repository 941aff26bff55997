package dev.anneal.engine.train;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.torch.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An adapter is trained; the model's weights are frozen. */
record AdapterTraining(Adapter adapter) implements Trainable<Gradients> {

    @Override
    public List<Parameter> parameters() {
        return List.of(new Parameter("lora_A", adapter.a(), false), new Parameter("lora_B", adapter.b(), true));
    }

    @Override
    public StepGradients<Gradients> newGradients(Scope owner) {
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
    public void save(Path file) throws IOException {
        adapter.save(file);
    }

    @Override
    public void restore(Checkpoint checkpoint) throws IOException {
        adapter.restore(checkpoint.adapterFile());
    }

    @Override
    public void close() {
        adapter.close();
    }
}
