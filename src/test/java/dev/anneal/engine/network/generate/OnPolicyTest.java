package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.sampling.Answer;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tokens have the probability at which they were sampled in a training pass as well, so that the first ratio of a
 * policy's update is 1: with an adapter whose B is not zero, at every beta and temperature, in slots that sequences
 * leave to others.
 */
class OnPolicyTest {

    /** Five lanes of 8, in {@link #fourSlots} that they leave to each other. */
    private static final int PROMPTS = 40;

    /**
     * As many as {@link #fourSlots} has: how many sequences lie beside each other decides over the last bits, and those
     * now and then over a token.
     */
    private static final int SLOTS = 4;

    private static final int CONTEXT = 64;
    private static final int UNTRAINED = -100;

    /**
     * Sums of fp32 in another order: 6e-6 was seen. With a beta or temperature of 0.0001 more some differ by 3e-4 to
     * 1e-3.
     */
    private static final double ROUNDING = TestDevice.tolerance(2e-5);

    @ParameterizedTest
    @CsvSource({
        "llama-tied, 1, 1", "llama-tied, 0.5, 1", "llama-tied, 0, 1",
        "llama-tied, 1, 0.7", "llama-tied, 0.5, 0.7", "llama-tied, 0, 0.7",
        "mistral, 0.5, 0.7", "qwen3, 0.5, 0.7"
    })
    void sampledTokensHaveTheProbabilitiesOfATrainingPass(String name, double beta, double temperature)
            throws IOException {
        GoldenAnswers golden = GoldenAnswers.of(name);
        try (DecoderModel model = DecoderModel.load(golden.model(), ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter = Adapter.load(model, golden.adapterConfig(), golden.adapter())) {
            AppliedAdapter policy = adapter.apply(beta, AdapterDropout.NONE);
            List<Prompt> prompts = prompts(temperature);

            List<KeptTokens> sampled = sample(model, policy, prompts);
            List<Answer> answers = new Decoder(new IncrementalDecoder(model), policy, Set.of(), fourSlots(model))
                    .answer(prompts, () -> {});

            double[] trained = trainedWith(model, policy, prompts, sampled, temperature);
            double[] reported = sampled.stream()
                    .flatMap(kept -> kept.tokens.stream())
                    .mapToDouble(token -> at(temperature, token))
                    .toArray();
            assertThat(reported).hasSizeGreaterThan(400).containsExactly(trained, within(ROUNDING));
            for (int i = 0; i < PROMPTS; i++) {
                assertThat(answers.get(i).tokens()).isEqualTo(sampled.get(i).ids());
            }
        }
    }

    private static BatchWidth fourSlots(DecoderModel model) {
        BatchWidth breadth = new BatchWidth(1);
        breadth.narrow(PROMPTS, model.decodingLimits());
        return breadth;
    }

    /** Of ragged lengths, and ragged lengths of their answers. */
    private static List<Prompt> prompts(double temperature) {
        Random random = new Random(5);
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            int[] ids = random.ints(1 + random.nextInt(30), 3, 300).toArray();
            prompts.add(new Prompt(ids, 1 + random.nextInt(20), new Sampling(temperature, 0, 1, 0, i)));
        }
        return prompts;
    }

    private static List<KeptTokens> sample(DecoderModel model, AppliedAdapter policy, List<Prompt> prompts) {
        List<KeptTokens> kept = new ArrayList<>();
        ArrayDeque<GeneratedSequence> waiting = new ArrayDeque<>();
        for (Prompt prompt : prompts) {
            KeptTokens sink = new KeptTokens(model.config().vocabularySize(), KeptTokens.NO_END);
            kept.add(sink);
            waiting.add(new GeneratedSequence(prompt, new PrefixCache.Owner(policy, ""), CONTEXT, sink));
        }
        try (IncrementalDecoder incremental = new IncrementalDecoder(model);
                Lane lane = new Lane(
                        incremental,
                        new NextTokens(incremental.scope(), incremental.config().vocabularySize()),
                        waiting,
                        new Lane.Size(SLOTS, CONTEXT),
                        new PrefixCache(incremental, incremental.scope(), 0),
                        new OperatorSharing(1, false),
                        DraftLength.none())) {
            lane.run(() -> true, () -> {});
        }
        return kept;
    }

    private static double[] trainedWith(
            DecoderModel model,
            AppliedAdapter policy,
            List<Prompt> prompts,
            List<KeptTokens> sampled,
            double temperature) {
        List<int[]> rows = new ArrayList<>();
        List<int[]> labels = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            int[] prompt = prompts.get(i).tokens();
            int[] answer = sampled.get(i).ids();
            int[] row = Arrays.copyOf(prompt, prompt.length + answer.length);
            System.arraycopy(answer, 0, row, prompt.length, answer.length);
            int[] label = row.clone();
            Arrays.fill(label, 0, prompt.length, UNTRAINED);
            rows.add(row);
            labels.add(label);
        }
        TokenRows batch = TokenRows.of(rows);
        Targets targets = Targets.of(batch, labels, UNTRAINED).at(temperature);
        try (TensorScope scope = model.scope().child()) {
            float[] values = model.logProbabilities(scope, new PassInput(batch, targets), policy, () -> {});
            double[] each = new double[values.length];
            Arrays.setAll(each, place -> values[place]);
            return each;
        }
    }

    /** Log-probability of a token at a temperature, by those of all tokens at 1. */
    private static double at(double temperature, ChosenToken token) {
        double all = token.top().stream()
                .mapToDouble(likely -> Math.exp(likely.logprob() / temperature))
                .sum();
        return token.logprob() / temperature - Math.log(all);
    }
}
