package dev.anneal.engine.export;

import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.model.TokenRows;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Program;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Holds two models' answers to the same prompts against each other, with one model in memory at a time: of the reference only its hidden states,
 * final norm and output embedding are kept.
 */
final class Probe implements AutoCloseable {

    /** Positions whose logits exist at one time: 64 of a vocabulary of 128,256 take 33 MB for each model. */
    private static final int CHUNK = 64;

    private final Scope scope;
    private final List<int[]> prompts;
    private final Runnable betweenPrompts;
    private final List<float[]> hiddenStates = new ArrayList<>();
    private final Tensor norm;
    private final Tensor table;

    /**
     * Takes down what the reference answers; it may be closed afterwards.
     *
     * @param betweenPrompts called before each prompt of each model; may throw to end the probe
     */
    Probe(List<int[]> prompts, DecoderModel reference, AppliedAdapter adapter, Runnable betweenPrompts) {
        this.prompts = prompts;
        this.betweenPrompts = betweenPrompts;
        this.scope = Scope.open(reference.scope().device());
        this.norm = reference.finalNorm().to(scope, ElementType.FLOAT32);
        this.table = reference.outputEmbedding().to(scope, ElementType.FLOAT32);
        for (int[] prompt : prompts) {
            hiddenStates.add(hiddenStates(reference, prompt, adapter));
        }
    }

    private float[] hiddenStates(DecoderModel model, int[] prompt, AppliedAdapter adapter) {
        betweenPrompts.run();
        try (Scope step = scope.child()) {
            return model.hiddenStates(step, TokenRows.of(List.of(prompt)), adapter)
                    .toFloats();
        }
    }

    /** @param model computes in fp32 */
    AnswerDifference against(DecoderModel model) {
        List<double[]> positions = new ArrayList<>();
        try (Scope comparing = scope.child()) {
            Program program = Program.load(
                    comparing,
                    "compare",
                    "Compare",
                    Map.of("eps", model.config().normEpsilon()));
            for (int i = 0; i < prompts.size(); i++) {
                float[] other = hiddenStates(model, prompts.get(i), model.noAdapter());
                compare(program, model, hiddenStates.get(i), other, positions);
            }
        }
        return summary(positions, model.config().vocabularySize());
    }

    private void compare(
            Program program, DecoderModel model, float[] reference, float[] other, List<double[]> positions) {
        int width = model.config().hiddenSize();
        for (int from = 0; from < reference.length; from += CHUNK * width) {
            int to = Math.min(from + CHUNK * width, reference.length);
            try (Scope step = scope.child()) {
                Tensor result = program.call(
                        step,
                        "compare",
                        rows(step, reference, from, to, width),
                        norm,
                        table,
                        rows(step, other, from, to, width),
                        model.finalNorm(),
                        model.outputEmbedding());
                double[] values = result.toDoubles();
                for (int at = 0; at < values.length; at += 5) {
                    positions.add(Arrays.copyOfRange(values, at, at + 5));
                }
            }
        }
    }

    private static Tensor rows(Scope step, float[] values, int from, int to, int width) {
        return step.floats(Arrays.copyOfRange(values, from, to), (to - from) / width, width);
    }

    private static AnswerDifference summary(List<double[]> positions, int vocabulary) {
        double largest = 0;
        double sum = 0;
        double divergence = 0;
        for (double[] position : positions) {
            largest = Double.isNaN(position[0]) ? Double.NaN : Math.max(largest, position[0]);
            sum += position[1];
            divergence += position[4];
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
                clear == 0 ? 1 : (double) agreeing / clear,
                divergence / count);
    }

    @Override
    public void close() {
        scope.close();
    }
}
