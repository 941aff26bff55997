package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Chooses next tokens of several sequences, each with its own {@link Sampling}, by {@code torchscript/sampling.py}. */
final class NextTokens {

    private final Program program;

    /**
     * Where a token is chosen.
     *
     * @param position of the token in the sequence's answer, from 0
     */
    record Place(Sequence sequence, int position) {

        private Sampling sampling() {
            return sequence.sampling();
        }
    }

    NextTokens(Scope owner) {
        this.program = Program.load(owner, "sampling", "Sampling", Map.of());
    }

    /** As {@link #choose}, with log-probabilities if requested. */
    List<ChosenToken> chooseWithLogprobs(Scope scope, Tensor logits, List<Place> places) {
        int[] chosen = choose(scope, logits, places);
        int[] counts = places.stream()
                .mapToInt(place -> place.sequence().topLogprobs())
                .toArray();
        int most = Arrays.stream(counts).max().orElse(TokenSink.NO_LOGPROBS);
        if (most == TokenSink.NO_LOGPROBS) {
            return Arrays.stream(chosen).mapToObj(ChosenToken::of).toList();
        }
        Tensor logprobs = program.call(scope, "logprobs", logits);
        Tensor ids = scope.longs(Arrays.stream(chosen).asLongStream().toArray(), chosen.length, 1);
        float[] own = program.call(scope, "logprobs_of", logprobs, ids).toFloats();
        int width = (int) Math.min(most, logits.shape()[1]);
        List<Tensor> top = program.callForList(scope, "most_likely", logprobs, width);
        float[] values = top.get(0).toFloats();
        long[] tokens = top.get(1).toLongs();
        List<ChosenToken> result = new ArrayList<>();
        for (int i = 0; i < chosen.length; i++) {
            List<ChosenToken.Likely> likely = new ArrayList<>();
            for (int j = 0; j < Math.min(counts[i], width); j++) {
                likely.add(new ChosenToken.Likely((int) tokens[i * width + j], values[i * width + j]));
            }
            result.add(new ChosenToken(chosen[i], own[i], likely));
        }
        return result;
    }

    /** Chooses the tokens of the places, whose logits are fp32 [M, V]. */
    int[] choose(Scope scope, Tensor logits, List<Place> places) {
        List<Sampling> samplings = places.stream().map(Place::sampling).toList();
        boolean allGreedy = samplings.stream().allMatch(Sampling::isGreedy);
        boolean allDrawn = samplings.stream().noneMatch(Sampling::isGreedy);
        long[] largest =
                allDrawn ? new long[0] : program.call(scope, "largest", logits).toLongs();
        long[] drawn = allGreedy ? new long[0] : draw(scope, logits, places, samplings);
        int[] tokens = new int[places.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) (samplings.get(i).isGreedy() ? largest[i] : drawn[i]);
        }
        return tokens;
    }

    private long[] draw(Scope scope, Tensor logits, List<Place> places, List<Sampling> samplings) {
        Tensor bits = longs(scope, places, place -> place.sampling().bits(place.position()));
        return program.call(scope, "draw", distribution(scope, logits, samplings), bits)
                .toLongs();
    }

    /** Probabilities after temperature and filters, [M, V]. */
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
