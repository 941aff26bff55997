package dev.anneal.engine.export.proof;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How the logits of a model differ from a reference's, in fp32. Memory holds a block of rows of both output embeddings
 * at a time.
 */
public final class LogitDifference {

    /** Logits of a block of the vocabulary for all positions: about ten fp64 copies of them exist at a time, 40 MB. */
    private static final int BLOCK_LOGITS = 1 << 19;
    /** Numbers of an output embedding in memory at a time. */
    private static final int BLOCK_WEIGHTS = 1 << 22;

    /** Figures of a position in the program's {@code end}. */
    private static final int COLUMNS = 6;

    private final TensorScope scope;
    private final Program program;
    private final Runnable betweenParts;
    private final int blockLogits;

    /**
     * @param scope of results
     * @param finalNorm of the models
     * @param betweenParts called between blocks; may throw to end the comparison
     */
    public LogitDifference(TensorScope scope, FinalNorm finalNorm, Runnable betweenParts) {
        this(scope, finalNorm, betweenParts, BLOCK_LOGITS);
    }

    /**
     * @param blockLogits logits of one model that exist at a time, over all positions
     */
    public LogitDifference(TensorScope scope, FinalNorm finalNorm, Runnable betweenParts, int blockLogits) {
        this.scope = scope;
        this.program =
                Program.load(scope, "compare", "Compare", Map.of("eps", finalNorm.epsilon(), "gain_offset", (double)
                        finalNorm.gainOffset()));
        this.betweenParts = betweenParts;
        this.blockLogits = blockLogits;
    }

    /** States of several prompts together, [n, H]. */
    public Tensor together(List<Tensor> states) {
        return program.call(scope, "together", states);
    }

    /** The same after the final norm. */
    Tensor normed(List<Tensor> states, Tensor norm) {
        return program.call(scope, "normed", states, norm);
    }

    /**
     * The norm after the last layer.
     *
     * @param gainOffset added to its weight
     */
    public record FinalNorm(double epsilon, int gainOffset) {

        /** Of a model. */
        public static FinalNorm of(ModelConfig config) {
            return new FinalNorm(
                    config.normEpsilon(), config.architecture().spec().gain().offset());
        }
    }

    /** The states [n, H] whose products with an output embedding are logits. */
    public record Side(Tensor states, OutputEmbedding embedding) {}

    /** Rows of an output embedding. */
    public interface OutputEmbedding {
        /** [count, H], which the scope owns. */
        Tensor rows(TensorScope owner, long first, long count) throws IOException;
    }

    /** @param vocabulary number of logits of a position */
    public AnswerDifference between(Side reference, Side other, int vocabulary) throws IOException {
        List<Tensor> known = program.callForList(scope, "begin", reference.states());
        long rows = blockRows(reference.states().shape());
        for (long first = 0; first < vocabulary; first += rows) {
            betweenParts.run();
            long count = Math.min(rows, vocabulary - first);
            try (TensorScope step = scope.child()) {
                List<Tensor> next = program.callForList(
                        scope,
                        "add",
                        known,
                        reference.states(),
                        reference.embedding().rows(step, first, count),
                        other.states(),
                        other.embedding().rows(step, first, count),
                        first);
                known.forEach(Tensor::close);
                known = next;
            }
        }
        return summary(program.call(scope, "end", known).toDoubles(), vocabulary);
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
                positions.stream()
                        .mapToDouble(LogitDifference::shareOfSpan)
                        .max()
                        .orElse(0));
    }
}
