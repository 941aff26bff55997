package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenRace;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Chooses next tokens of several sequences, each with its own {@link Sampling}, by {@code torchscript/sampling.py};
 * those that are drawn, by {@link TokenRace}.
 */
final class NextTokens {

    private final Program program;
    private final TokenRace race;

    /**
     * Where a token is chosen.
     *
     * @param position of the token in the sequence's answer, from 0
     */
    record Place(GeneratedSequence sequence, int position) {

        private Sampling sampling() {
            return sequence.sampling();
        }
    }

    /** @param vocabulary number of tokens */
    NextTokens(TensorScope owner, int vocabulary) {
        this.program = Program.load(owner, "sampling", "Sampling", Map.of());
        this.race = new TokenRace(owner, IntStream.range(0, vocabulary).toArray());
    }

    /** As {@link #choose}, with log-probabilities if requested. */
    List<ChosenToken> chooseWithLogprobs(TensorScope scope, Tensor logits, List<Place> places) {
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
    int[] choose(TensorScope scope, Tensor logits, List<Place> places) {
        int[] greedy = rows(places, Sampling::isGreedy);
        int[] drawn = rows(places, sampling -> !sampling.isGreedy());
        int[] tokens = new int[places.size()];
        if (greedy.length > 0) {
            Tensor own = rows(scope, logits, greedy);
            put(tokens, greedy, program.call(scope, "largest", own).toLongs());
        }
        if (drawn.length > 0) {
            List<Place> own = Arrays.stream(drawn).mapToObj(places::get).toList();
            put(tokens, drawn, draw(scope, rows(scope, logits, drawn), own));
        }
        return tokens;
    }

    private static int[] rows(List<Place> places, Predicate<Sampling> condition) {
        return IntStream.range(0, places.size())
                .filter(row -> condition.test(places.get(row).sampling()))
                .toArray();
    }

    private Tensor rows(TensorScope scope, Tensor logits, int[] rows) {
        if (rows.length == logits.shape()[0]) {
            return logits;
        }
        Tensor at = scope.longs(Arrays.stream(rows).asLongStream().toArray(), rows.length);
        return program.call(scope, "rows", logits, at);
    }

    private static void put(int[] tokens, int[] rows, long[] chosen) {
        IntStream.range(0, rows.length).forEach(i -> tokens[rows[i]] = (int) chosen[i]);
    }

    private long[] draw(TensorScope scope, Tensor logits, List<Place> places) {
        List<Sampling> samplings = places.stream().map(Place::sampling).toList();
        long[] keys = places.stream()
                .mapToLong(place -> place.sampling().noiseKey(place.position()))
                .toArray();
        if (samplings.stream().anyMatch(Sampling::isFiltered)) {
            return race.draw(scope, filtered(scope, logits, samplings), floats(scope, samplings, each -> 1), keys);
        }
        return race.draw(scope, logits, floats(scope, samplings, Sampling::temperature), keys);
    }

    /** Logits at the temperature, -inf for tokens that the filters take away: [M, V]. None is greedy. */
    Tensor filtered(TensorScope scope, Tensor logits, List<Sampling> samplings) {
        long vocabulary = logits.shape()[1];
        Tensor temperature = floats(scope, samplings, Sampling::temperature);
        Tensor topK =
                longs(scope, samplings, each -> each.topK() == 0 ? vocabulary : Math.min(each.topK(), vocabulary));
        Tensor topP = floats(scope, samplings, Sampling::topP);
        Tensor minP = floats(scope, samplings, Sampling::minP);
        return program.call(scope, "filtered", logits, temperature, topK, topP, minP);
    }

    private static <T> Tensor floats(TensorScope scope, List<T> of, ToDoubleFunction<T> value) {
        float[] values = new float[of.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) value.applyAsDouble(of.get(i));
        }
        return scope.floats(values, values.length, 1);
    }

    private static <T> Tensor longs(TensorScope scope, List<T> of, ToLongFunction<T> value) {
        long[] values = of.stream().mapToLong(value).toArray();
        return scope.longs(values, values.length, 1);
    }
}
