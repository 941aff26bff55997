package dev.anneal.engine.train.state;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.TrainableWeights;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All weights of a model are trained; there is no adapter. */
public record FullTraining(DecoderModel model, TrainableWeights weights) implements Trainable<Gradients> {

    /** @param initial file with the initial weights; null for those of the model */
    public static FullTraining of(DecoderModel model, @Nullable Path initial) throws IOException {
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
        return Parameter.allOf(weights, false);
    }

    @Override
    public StepGradients<Gradients> newGradients(TensorScope owner) {
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
    public List<CheckpointWriter.Part> parts() {
        return List.of(new CheckpointWriter.Part(CheckpointFolder.WEIGHTS, weights::save));
    }

    @Override
    public void restore(CheckpointFolder checkpoint) throws IOException {
        weights.restore(checkpoint.folder());
    }

    @Override
    public void close() {
        weights.close();
    }
}
