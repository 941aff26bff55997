package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.TorchException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Continues prompts with a model and an adapter at any beta. Prompts are dealt out to lanes, each on one platform thread at a time, in which several are
 * decoded together and an ended one makes room for the next. Which lane a prompt is in depends on the number of prompts alone, so answers do not depend on
 * the number of threads. Threads that have no lane of their own share the operators of the others.
 */
public final class Decoder {

    private final IncrementalDecoder model;
    private final AppliedAdapter adapter;
    private final Set<Integer> ends;
    private final Breadth breadth;
    private final DecodingLimits limits;

    /**
     * @param model is not closed here; one for many calls, as it may copy the weights when it is made
     * @param adapter what is added to the model, at its own beta; {@link dev.anneal.engine.network.model.DecoderModel#noAdapter()} for the model alone
     * @param ends tokens after which an answer is complete; they are not part of it
     * @param breadth sequences that are decoded at one time
     */
    public Decoder(IncrementalDecoder model, AppliedAdapter adapter, Set<Integer> ends, Breadth breadth) {
        this.model = model;
        this.adapter = adapter;
        this.ends = Set.copyOf(ends);
        this.breadth = breadth;
        this.limits = model.decodingLimits();
    }

    /** Tokens of the answers of {@link #answer(List, Runnable)}, each time with the most likely token. */
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
     * Answers each prompt. A prompt that fills the model's context gets an empty answer. Where they do not fit into memory together, they are answered
     * again with fewer at one time.
     *
     * @param betweenTokens called by each lane before each token and each reading of prompts; what it throws ends the work and comes out here
     */
    public List<Answer> answer(List<Prompt> prompts, Runnable betweenTokens) {
        while (true) {
            try (Scope own = model.scope().child()) {
                return answerOnce(new NextTokens(own), prompts, betweenTokens);
            } catch (TorchException e) {
                if (!e.isOutOfMemory() || !breadth.narrow(prompts.size(), limits)) {
                    throw e;
                }
            }
        }
    }

    private List<Answer> answerOnce(NextTokens nextTokens, List<Prompt> prompts, Runnable betweenTokens) {
        List<WholeAnswer> answers = new ArrayList<>();
        List<Sequence> sequences = new ArrayList<>();
        for (Prompt prompt : prompts) {
            WholeAnswer answer = new WholeAnswer(ends);
            answers.add(answer);
            sequences.add(new Sequence(prompt, adapter, model.config().maxPositions(), answer));
        }
        continueAll(nextTokens, deal(sequences), betweenTokens);
        return answers.stream().map(WholeAnswer::answer).toList();
    }

    private void continueAll(NextTokens nextTokens, List<List<Sequence>> lanes, Runnable betweenTokens) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        int atOneTime = Math.max(1, Math.min(breadth.lanes(), lanes.size()));
        ExecutorService pool = Executors.newFixedThreadPool(atOneTime);
        try {
            int threads = limits.sharesOperators() ? breadth.threads() / atOneTime : 1;
            for (int i = 0; i < lanes.size(); i++) {
                List<Sequence> dealt = lanes.get(i);
                OperatorSharing sharing = breadth.sharing(i, threads);
                pool.execute(() -> {
                    try (Lane lane = lane(nextTokens, dealt, sharing)) {
                        lane.run(() -> failure.get() == null, betweenTokens);
                    } catch (RuntimeException | Error e) {
                        failure.compareAndSet(null, e);
                    }
                });
            }
        } finally {
            awaitEnd(pool);
        }
        rethrow(failure.get());
    }

    private Lane lane(NextTokens nextTokens, List<Sequence> dealt, OperatorSharing sharing) {
        int capacity = dealt.stream().mapToInt(Sequence::cachedTokens).max().orElseThrow();
        return new Lane(
                model,
                nextTokens,
                new ArrayDeque<>(dealt),
                Math.min(Math.min(breadth.slots(), limits.slots()), dealt.size()),
                capacity,
                sharing);
    }

    private List<List<Sequence>> deal(List<Sequence> sequences) {
        List<Sequence> open =
                sequences.stream().filter(sequence -> !sequence.hasEnded()).toList();
        int lanes = limits.lanes(open.size());
        List<List<Sequence>> dealt = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            // Neighbours stay together, for those of a group have one prompt.
            dealt.add(open.subList(lane * open.size() / lanes, (lane + 1) * open.size() / lanes));
        }
        return dealt;
    }

    /** Returns when no thread is left: one that still computed would use a model that its owner closes next. */
    private static void awaitEnd(ExecutorService pool) {
        pool.shutdown();
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                interrupted |= !pool.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException known) {
            throw known;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }
}
