package dev.anneal.engine.export.proof;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterLayers;
import dev.anneal.engine.network.model.StreamedModel;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares two models' answers to the same prompts. Memory holds one layer of one model and the hidden states of the
 * prompts.
 */
public final class Probe {

    private final List<int[]> prompts;
    private final Runnable betweenParts;

    /** @param betweenParts called between prompts, layers and blocks; may throw to end the probe */
    public Probe(List<int[]> prompts, Runnable betweenParts) {
        this.prompts = prompts;
        this.betweenParts = betweenParts;
    }

    /** A model with or without an adapter. Its creation checks files against the configuration. */
    public record Side(StreamedModel model, @Nullable AdapterLayers adapter) implements AutoCloseable {

        /** @param weights folder of the weights, if not the model's own */
        public static Side of(Path directory, Path weights, String device) throws IOException {
            return new Side(StreamedModel.open(directory, weights, device), null);
        }

        public static Side of(Path directory, Path adapter, AdapterConfig config, String device) throws IOException {
            StreamedModel model = StreamedModel.open(directory, directory, device);
            try {
                return new Side(model, AdapterLayers.open(adapter, config, model.config()));
            } catch (IOException | RuntimeException e) {
                model.close();
                throw e;
            }
        }

        /** What its output embedding reads of all prompts. */
        private LogitDifference.Side answers(LogitDifference difference, List<int[]> prompts, Runnable betweenParts)
                throws IOException {
            try (TensorScope passing = model.scope().child()) {
                List<Tensor> states = model.hiddenStates(
                        passing, prompts, adapter == null ? model.noAdapters() : adapter, betweenParts);
                return new LogitDifference.Side(
                        difference.normed(states, model.finalNorm(passing)), model::outputEmbedding);
            }
        }

        @Override
        public void close() throws IOException {
            model.close();
            if (adapter != null) {
                adapter.close();
            }
        }
    }

    public AnswerDifference between(Side reference, Side other) throws IOException {
        try (TensorScope scope = reference.model().scope().child()) {
            LogitDifference.FinalNorm norm =
                    LogitDifference.FinalNorm.of(reference.model().config());
            return between(new LogitDifference(scope, norm, betweenParts), reference, other);
        }
    }

    /** @param difference for the reference's final norm */
    public AnswerDifference between(LogitDifference difference, Side reference, Side other) throws IOException {
        return difference.between(
                reference.answers(difference, prompts, betweenParts),
                other.answers(difference, prompts, betweenParts),
                reference.model().config().vocabularySize());
    }
}
