package dev.anneal.engine.train;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.TrainableWeights;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All weights of a model are trained; there is no adapter. */
record FullTraining(DecoderModel model, TrainableWeights weights) implements Trainable<Gradients> {

    static FullTraining of(DecoderModel model) throws IOException {
        return of(model, null);
    }

    /** @param initial file with the initial weights; null for those of the model */
    static FullTraining of(DecoderModel model, @Nullable Path initial) throws IOException {
        TrainableWeights weights = TrainableWeights.of(model);
        try {
            if (initial != null) {
                weights.restore(DurableFiles.parentOf(initial));
            }
            return new FullTraining(model, weights);
        } catch (IOException | RuntimeException e) {
            weights.close();
            throw e;
        }
    }

    @Override
    public List<Parameter> parameters() {
        List<Tensor> masters = weights.masters();
        List<String> names = weights.names();
        List<Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < masters.size(); i++) {
            parameters.add(new Parameter(names.get(i), masters.get(i), false));
        }
        return parameters;
    }

    @Override
    public StepGradients<Gradients> newGradients(Scope owner) {
        List<Tensor> gradients = weights.newGradients(owner);
        return new StepGradients<>(gradients, weights.arranged(gradients));
    }

    /** One buffer is as large as the model in fp32. */
    @Override
    public int gradientBuffers(int threads) {
        return threads;
    }

    @Override
    public AppliedAdapter apply(double beta) {
        weights.refresh();
        return model.noAdapter();
    }

    @Override
    public @Nullable AdapterConfig config() {
        return null;
    }

    @Override
    public void save(Path file) throws IOException {
        weights.save(file);
    }

    @Override
    public void restore(Checkpoint checkpoint) throws IOException {
        weights.restore(checkpoint.folder());
    }

    @Override
    public void close() {
        weights.close();
    }
}
