package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Log-probabilities of the next tokens of sequences, for those that ask for them. */
final class TokenLogprobs {

    private final Program program;

    /** @param program {@code torchscript/sampling.py} */
    TokenLogprobs(Program program) {
        this.program = program;
    }

    /**
     * What was chosen, with log-probabilities if any sequence asks for them.
     *
     * @param logits of the sequences' next tokens, fp32 [M, V]
     * @param chosen token of each
     * @param counts most likely tokens that each asks for, or {@link TokenSink#NO_LOGPROBS}
     */
    List<ChosenToken> of(Scope scope, Tensor logits, int[] chosen, int[] counts) {
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
}
