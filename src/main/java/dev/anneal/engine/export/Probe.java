package dev.anneal.engine.export;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterLayers;
import dev.anneal.engine.network.model.StreamedModel;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares two models' answers to the same prompts. Memory holds one layer of one model, the hidden states of the prompts, and a block of
 * rows of both output embeddings.
 */
final class Probe {

    /** Logits of a block of the vocabulary for all positions: about ten fp64 copies of them exist at a time, 40 MB. */
    private static final int BLOCK_LOGITS = 1 << 19;
    /** Numbers of an output embedding in memory at a time. */
    private static final int BLOCK_WEIGHTS = 1 << 22;

    /** Figures of a position in the program's {@code end}. */
    private static final int COLUMNS = 6;

    private final List<int[]> prompts;
    private final Runnable betweenParts;
    private final int blockLogits;

    /** @param betweenParts called between prompts, layers and blocks; may throw to end the probe */
    Probe(List<int[]> prompts, Runnable betweenParts) {
        this(prompts, betweenParts, BLOCK_LOGITS);
    }

    /**
     * @param blockLogits logits of one model that exist at a time, over all positions
     */
    Probe(List<int[]> prompts, Runnable betweenParts, int blockLogits) {
        this.prompts = prompts;
        this.betweenParts = betweenParts;
        this.blockLogits = blockLogits;
    }

    /** A model with or without an adapter. Its creation checks files against the configuration. */
    record Side(StreamedModel model, @Nullable AdapterLayers adapter) implements AutoCloseable {

        /** @param weights folder of the weights, if not the model's own */
        static Side of(Path directory, Path weights, String device) throws IOException {
            return new Side(StreamedModel.open(directory, weights, device), null);
        }

        static Side of(Path directory, Path adapter, AdapterConfig config, String device) throws IOException {
            StreamedModel model = StreamedModel.open(directory, directory, device);
            try {
                return new Side(model, AdapterLayers.open(adapter, config, model.config()));
            } catch (IOException | RuntimeException e) {
                model.close();
                throw e;
            }
        }

        /** Hidden states of all prompts before the output embedding, [n, H]. */
        private Tensor answers(Scope target, Program program, List<int[]> prompts, Runnable betweenParts)
                throws IOException {
            try (Scope passing = model.scope().child()) {
                List<Tensor> states = model.hiddenStates(
                        passing, prompts, adapter == null ? model.noAdapters() : adapter, betweenParts);
                return program.call(target, "normed", states, model.finalNorm(passing));
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

    AnswerDifference between(Side reference, Side other) throws IOException {
        try (Scope scope = reference.model().scope().child()) {
            double eps = reference.model().config().normEpsilon();
            Program program = Program.load(scope, "compare", "Compare", Map.of("eps", eps));
            Tensor expected = reference.answers(scope, program, prompts, betweenParts);
            Tensor found = other.answers(scope, program, prompts, betweenParts);
            int vocabulary = reference.model().config().vocabularySize();
            List<Tensor> known = program.callForList(scope, "begin", expected);
            long rows = blockRows(expected.shape());
            for (long first = 0; first < vocabulary; first += rows) {
                betweenParts.run();
                long count = Math.min(rows, vocabulary - first);
                try (Scope step = scope.child()) {
                    List<Tensor> next = program.callForList(
                            scope,
                            "add",
                            known,
                            expected,
                            reference.model().outputEmbedding(step, first, count),
                            found,
                            other.model().outputEmbedding(step, first, count),
                            first);
                    known.forEach(Tensor::close);
                    known = next;
                }
            }
            return summary(program.call(scope, "end", known).toDoubles(), vocabulary);
        }
    }

    /** @param shape of the hidden states, [n, H] */
    private long blockRows(long[] shape) {
        return Math.max(1, Math.min(blockLogits / shape[0], BLOCK_WEIGHTS / shape[1]));
    }

    /** Largest difference of a position's logits as a share of their span; 0 if both are 0. */
    private static double shareOfSpan(double[] position) {
        return position[0] == 0 ? 0 : position[0] / position[5];
    }

    private static AnswerDifference summary(double[] values, int vocabulary) {
        List<double[]> positions = new ArrayList<>();
        for (int at = 0; at < values.length; at += COLUMNS) {
            positions.add(Arrays.copyOfRange(values, at, at + COLUMNS));
        }
        return summary(positions, vocabulary);
    }

    private static AnswerDifference summary(List<double[]> positions, int vocabulary) {
        double largest = 0;
        double sum = 0;
        double divergence = 0;
        double span = 0;
        for (double[] position : positions) {
            largest = Double.isNaN(position[0]) ? Double.NaN : Math.max(largest, position[0]);
            sum += position[1];
            divergence += position[4];
            span += position[5];
        }
        long clear = 0;
        long agreeing = 0;
        for (double[] position : positions) {
            if (position[3] > largest) {
                clear++;
                agreeing += Math.round(position[2]);
            }
        }
        int count = positions.size();
        return new AnswerDifference(
                count,
                largest,
                sum / count / vocabulary,
                clear == 0 ? null : (double) agreeing / clear,
                divergence / count,
                span / count,
                positions.stream().mapToDouble(Probe::shareOfSpan).max().orElse(0));
    }
}
