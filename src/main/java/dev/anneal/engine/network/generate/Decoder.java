package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Answer;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.WholeAnswer;
import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Continues prompts with a model and an adapter at any beta. Prompts are distributed to lanes, each on one platform
 * thread at a time, which decode several together and replace ended ones. The lane of a prompt depends only on the
 * number of prompts, so answers do not depend on the number of threads. Threads without their own lane share the
 * operators of the others.
 *
 * @param model closed by the caller; should be reused, because its construction may copy the weights
 * @param adapter adapter applied to the model, at its own beta;
 *     {@link dev.anneal.engine.network.model.DecoderModel#noAdapter()} for the model alone
 * @param ends end tokens, which are not part of an answer
 * @param breadth number of sequences decoded at a time
 * @param drafting how many draft tokens steps read. If that depends on the clock, they do only where it changes no bit
 *     of an answer
 */
public record Decoder(
        IncrementalDecoder model, AppliedAdapter adapter, Set<Integer> ends, BatchWidth breadth, Drafting drafting) {

    public Decoder {
        ends = Set.copyOf(ends);
    }

    /** A decoder that drafts. */
    public Decoder(IncrementalDecoder model, AppliedAdapter adapter, Set<Integer> ends, BatchWidth breadth) {
        this(model, adapter, ends, breadth, Drafting.MEASURED);
    }

    /** Tokens of greedy answers by {@link #answer(List, Runnable)}. */
    public List<int[]> answerGreedily(List<int[]> prompts, int maxNewTokens, Runnable betweenTokens) {
        return answer(
                        prompts.stream()
                                .map(tokens -> new Prompt(tokens, maxNewTokens, Sampling.GREEDY))
                                .toList(),
                        betweenTokens)
                .stream()
                .map(Answer::tokens)
                .toList();
    }

    /**
     * Answers each prompt. A prompt that fills the model's context gets an empty answer. If memory is insufficient, all
     * are answered again with fewer at a time.
     *
     * @param betweenTokens called by each lane before each token and each prefill; an exception of it ends the work and
     *     is rethrown
     */
    public List<Answer> answer(List<Prompt> prompts, Runnable betweenTokens) {
        while (true) {
            try (TensorScope own = model.scope().child()) {
                NextTokens nextTokens = new NextTokens(own, model.config().vocabularySize());
                return answerOnce(nextTokens, model.packed(own, adapter), prompts, betweenTokens);
            } catch (TorchException e) {
                if (!e.isOutOfMemory() || !breadth.narrow(prompts.size(), limits())) {
                    throw e;
                }
            }
        }
    }

    private List<Answer> answerOnce(
            NextTokens nextTokens, AppliedAdapter packed, List<Prompt> prompts, Runnable betweenTokens) {
        PrefixCache.Owner owner = new PrefixCache.Owner(packed, "");
        List<WholeAnswer> answers = new ArrayList<>();
        List<GeneratedSequence> sequences = new ArrayList<>();
        for (Prompt prompt : prompts) {
            WholeAnswer answer = new WholeAnswer(ends);
            answers.add(answer);
            sequences.add(new GeneratedSequence(prompt, owner, model.config().maxPositions(), answer));
        }
        continueAll(nextTokens, deal(sequences), betweenTokens);
        return answers.stream().map(WholeAnswer::answer).toList();
    }

    private void continueAll(NextTokens nextTokens, List<List<GeneratedSequence>> lanes, Runnable betweenTokens) {
        AtomicBoolean failed = new AtomicBoolean();
        int atOneTime = Math.max(1, Math.min(breadth.lanes(), lanes.size()));
        int threads = limits().sharesOperators() ? breadth.threads() / atOneTime : 1;
        try (ComputeThreads pool = new ComputeThreads(atOneTime, Math.max(atOneTime, lanes.size()))) {
            pool.run(lanes.size(), (buffer, number) -> {
                try (TensorScope kept = model.scope().child();
                        Lane lane = lane(nextTokens, kept, lanes.get(number), number, threads)) {
                    lane.run(() -> !failed.get(), betweenTokens);
                } catch (RuntimeException | Error e) {
                    failed.set(true);
                    throw e;
                }
            });
        }
    }

    private Lane lane(NextTokens nextTokens, TensorScope kept, List<GeneratedSequence> dealt, int number, int threads) {
        boolean hasEqualBits = model.hasIndependentRows();
        int capacity =
                dealt.stream().mapToInt(GeneratedSequence::cachedTokens).max().orElseThrow();
        return new Lane(
                model,
                nextTokens,
                new ArrayDeque<>(dealt),
                new Lane.Size(Math.min(Math.min(breadth.slots(), limits().slots()), dealt.size()), capacity),
                new PrefixCache(model, kept, hasEqualBits ? DecodingLimits.PREFIX_BYTES : 0),
                breadth.sharing(number, threads),
                draftLength(number, hasEqualBits));
    }

    private DraftLength draftLength(int lane, boolean hasEqualBits) {
        Integer fixed = drafting.tokens();
        if (fixed != null) {
            return DraftLength.fixed(fixed);
        }
        return hasEqualBits ? breadth.draftLength(lane) : DraftLength.none();
    }

    private List<List<GeneratedSequence>> deal(List<GeneratedSequence> sequences) {
        List<GeneratedSequence> open =
                sequences.stream().filter(sequence -> !sequence.hasEnded()).toList();
        int lanes = limits().lanes(open.size());
        List<List<GeneratedSequence>> dealt = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            // Neighbours stay together, because those of a group have the same prompt.
            dealt.add(open.subList(lane * open.size() / lanes, (lane + 1) * open.size() / lanes));
        }
        return dealt;
    }

    private DecodingLimits limits() {
        return model.decodingLimits();
    }
}
