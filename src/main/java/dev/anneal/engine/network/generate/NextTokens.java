package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The methods of {@code torchscript/sampling.py}: chooses the next token of each of several sequences, each with a {@link Sampling} of its own. */
final class NextTokens {

    private final Program program;
    private final TokenLogprobs logprobs;

    NextTokens(Scope owner) {
        this.program = Program.load(owner, "sampling", "Sampling", Map.of());
        this.logprobs = new TokenLogprobs(program);
    }

    /** As {@link #choose}, with the log-probabilities that the sequences ask for. */
    List<ChosenToken> chooseWithLogprobs(Scope scope, Tensor logits, List<Sequence> sequences) {
        int[] counts = sequences.stream().mapToInt(Sequence::topLogprobs).toArray();
        return logprobs.of(scope, logits, choose(scope, logits, sequences), counts);
    }

    /** @param logits of the sequences' next tokens, fp32 [M, V] */
    int[] choose(Scope scope, Tensor logits, List<Sequence> sequences) {
        boolean allGreedy =
                sequences.stream().allMatch(sequence -> sequence.sampling().isGreedy());
        boolean allDrawn =
                sequences.stream().noneMatch(sequence -> sequence.sampling().isGreedy());
        long[] largest =
                allDrawn ? new long[0] : program.call(scope, "largest", logits).toLongs();
        long[] drawn = allGreedy ? new long[0] : draw(scope, logits, sequences);
        int[] tokens = new int[sequences.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) (sequences.get(i).sampling().isGreedy() ? largest[i] : drawn[i]);
        }
        return tokens;
    }

    private long[] draw(Scope scope, Tensor logits, List<Sequence> sequences) {
        List<Sampling> samplings = sequences.stream().map(Sequence::sampling).toList();
        Tensor bits = longs(scope, sequences, sequence -> sequence.sampling().bits(sequence.length()));
        return program.call(scope, "draw", distribution(scope, logits, samplings), bits)
                .toLongs();
    }

    /** Probabilities of what temperature and filters leave, [M, V]. */
    Tensor distribution(Scope scope, Tensor logits, List<Sampling> samplings) {
        Tensor temperature = floats(scope, samplings, each -> each.isGreedy() ? 1 : each.temperature());
        if (samplings.stream().noneMatch(Sampling::isFiltered)) {
            return program.call(scope, "warm", logits, temperature);
        }
        long vocabulary = logits.shape()[1];
        Tensor topK =
                longs(scope, samplings, each -> each.topK() == 0 ? vocabulary : Math.min(each.topK(), vocabulary));
        Tensor topP = floats(scope, samplings, Sampling::topP);
        Tensor minP = floats(scope, samplings, Sampling::minP);
        return program.call(scope, "filtered", logits, temperature, topK, topP, minP);
    }

    private static <T> Tensor floats(Scope scope, List<T> of, ToDoubleFunction<T> value) {
        float[] values = new float[of.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value.applyAsDouble(of.get(i));
        }
        return scope.floats(values, values.length, 1);
    }

    private static <T> Tensor longs(Scope scope, List<T> of, ToLongFunction<T> value) {
        long[] values = of.stream().mapToLong(value).toArray();
        return scope.longs(values, values.length, 1);
    }
}
