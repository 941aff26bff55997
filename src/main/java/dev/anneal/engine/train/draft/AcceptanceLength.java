package dev.anneal.engine.train.draft;

import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.Drafting;
import dev.anneal.engine.network.generate.Prompt;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.rollout.DraftedTokens;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Target;
import dev.anneal.protocol.TrainingMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Acceptance length of a draft: tokens of each pass of the target, while it answers prompts with the draft (vLLM's
 * {@code mean_acceptance_length}; EAGLE's tau). Greedily and at temperature 1, with the same random numbers each time.
 * Closed by its owner.
 */
final class AcceptanceLength implements AutoCloseable {

    private static final Sampling PLAIN = new Sampling(1, 0, 1, 0, 0);

    private final Target target;
    private final IncrementalDecoder verifier;
    private final List<int[]> prompts;
    private final Set<Integer> ends;
    private final TrainingMethod.SpeculativeDraft method;
    private final BatchWidth breadth;

    /**
     * @param rows the target answers the last prompt of each
     * @param ends end tokens of answers
     */
    AcceptanceLength(
            Target target,
            List<EncodedRow> rows,
            Set<Integer> ends,
            TrainingMethod.SpeculativeDraft method,
            int threads) {
        this.target = target;
        this.verifier = new IncrementalDecoder(target.model());
        this.prompts = rows.stream()
                .limit(method.evaluation().prompts())
                .map(EncodedRow::lastPrompt)
                .toList();
        this.ends = Set.copyOf(ends);
        this.method = method;
        this.breadth = new BatchWidth(threads);
    }

    /**
     * Draft tokens of greedy and of sampled answers, to those prompts that this rank answers.
     *
     * @param betweenTokens called before each token and each prefill; an exception of it ends the work and is rethrown
     */
    List<DraftedTokens> measure(Draft draft, Ranks ranks, Runnable betweenTokens) {
        return Stream.of(Sampling.GREEDY, PLAIN)
                .map(sampling -> measure(sampling, draft, ranks, betweenTokens))
                .toList();
    }

    private DraftedTokens measure(Sampling sampling, Draft draft, Ranks ranks, Runnable betweenTokens) {
        Decoder decoder =
                new Decoder(verifier, target.adapter(), ends, breadth, Drafting.fixed(method.speculativeTokens()));
        List<Prompt> asked = IntStream.range(0, prompts.size())
                .mapToObj(i -> new Prompt(
                        prompts.get(i), new int[0], draft, method.evaluation().maxTokens(), sampling.withSeed(i)))
                .toList();
        return ranks.own(asked).stream()
                .map(portion -> DraftedTokens.ofAll(decoder.answer(portion, betweenTokens)))
                .reduce(DraftedTokens.NONE, DraftedTokens::plus);
    }

    /** @param byRank what each rank has measured */
    static Map<String, Double> metrics(List<List<DraftedTokens>> byRank) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        List<String> names = List.of("greedy", "sampled");
        for (int i = 0; i < names.size(); i++) {
            int kind = i;
            DraftedTokens all =
                    byRank.stream().map(own -> own.get(kind)).reduce(DraftedTokens.NONE, DraftedTokens::plus);
            metrics.putAll(all.metrics(names.get(i)));
        }
        return metrics;
    }

    @Override
    public void close() {
        verifier.close();
    }
}
