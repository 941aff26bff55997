package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Prompts that come while others are decoded get the golden answers, with the base model and with an adapter beside it.
 */
class OpenDecoderTest {

    private static final int NEW_TOKENS = 32;
    private static final OpenDecoder.Limits TWO_SLOTS = new OpenDecoder.Limits(2, 512, 0);

    private static GoldenAnswers golden;
    private static DecoderModel model;
    private static IncrementalDecoder incremental;

    @BeforeAll
    static void load() throws IOException {
        golden = GoldenAnswers.of("llama-tied");
        model = DecoderModel.load(golden.model(), ElementType.FLOAT32, TestDevice.NAME);
        incremental = new IncrementalDecoder(model);
    }

    @AfterAll
    static void close() {
        incremental.close();
        model.close();
    }

    /** Each prompt with the base model and with one adapter at two betas, more than the batch has slots. */
    @Test
    void baseAndAdaptersAnswerInOneBatch() throws Exception {
        try (Adapter adapter = Adapter.load(model, golden.adapterConfig(), golden.adapter());
                OpenDecoder decoder =
                        new OpenDecoder(incremental, new OpenDecoder.Limits(4, 512, 0), new Turns(1), "all")) {
            AppliedAdapter half = adapter.apply(0.5, AdapterDropout.NONE);
            AppliedAdapter linear = adapter.apply(0, AdapterDropout.NONE);
            List<List<Kept>> answers = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int i = 0; i < golden.expected("prompt").size(); i++) {
                answers.get(0).add(submit(decoder, prompt(i), model.noAdapter()));
                answers.get(1).add(submit(decoder, prompt(i), half));
                answers.get(2).add(submit(decoder, prompt(i), linear));
            }

            assertThat(answers(answers.get(0))).isEqualTo(golden.expected("base"));
            assertThat(answers(answers.get(1))).isEqualTo(golden.expected("beta_0.5"));
            assertThat(answers(answers.get(2))).isEqualTo(golden.expected("beta_0"));
        }
    }

    /** An adapter may be closed as soon as its answers were cancelled, while others are decoded. */
    @Test
    void anAdapterIsLeftWhenItsAnswersWereCancelled() throws Exception {
        CompletableFuture<Integer> left = new CompletableFuture<>();
        Adapter adapter = Adapter.load(model, golden.adapterConfig(), golden.adapter());
        try (OpenDecoder decoder = decoder()) {
            Kept cancelled = new Kept(TokenSink.NO_LOGPROBS);
            cancelled.onToken(3, () -> {
                cancelled.cancelled = true;
                decoder.onIdle(() -> {
                    adapter.close();
                    left.complete(cancelled.tokens.size());
                });
            });
            Kept other = submit(decoder, prompt(0), model.noAdapter());
            decoder.submit(prompt(1), "", adapter.apply(1, AdapterDropout.NONE), cancelled);

            assertThat(left.get(60, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(answers(List.of(other)))
                    .containsExactly(golden.expected("base").get(0));
        }
    }

    /** Six prompts of which two are read at one time. */
    @Test
    void aCancelledAnswerLeavesWhilePromptsAreStillToBeRead() throws Exception {
        List<Kept> all =
                Stream.generate(() -> new Kept(TokenSink.NO_LOGPROBS)).limit(6).toList();
        Kept last = all.get(5);
        CompletableFuture<Integer> left = new CompletableFuture<>();
        try (OpenDecoder decoder =
                new OpenDecoder(incremental, new OpenDecoder.Limits(6, 512, 0), new Turns(1), "long")) {
            all.get(0).onToken(1, () -> {
                all.get(0).cancelled = true;
                decoder.onIdle(() -> left.complete(last.tokens.size()));
            });
            for (int i = 0; i < 6; i++) {
                int[] tokens = new int[500];
                Arrays.fill(tokens, 5 + i);
                decoder.submit(new Prompt(tokens, 2, Sampling.GREEDY), "", model.noAdapter(), all.get(i));
            }

            assertThat(left.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(last.end.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatWaitsUntilAnswersHaveLeftIsDoneOfAnIdleDecoderToo() throws Exception {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        try (OpenDecoder decoder = decoder()) {
            decoder.onIdle(() -> left.complete(true));

            assertThat(left.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aPromptThatComesWhileAnotherIsDecodedGetsItsAnswer() throws Exception {
        try (OpenDecoder decoder = decoder()) {
            Kept first = new Kept(0);
            Kept second = new Kept(0);
            first.onToken(5, () -> decoder.submit(prompt(1), "", model.noAdapter(), second));
            decoder.submit(prompt(0), "", model.noAdapter(), first);

            assertThat(answers(List.of(first, second)))
                    .isEqualTo(golden.expected("base").subList(0, 2));
        }
    }

    @Test
    void aCancelledAnswerGivesItsSlotToOthers() throws Exception {
        try (OpenDecoder decoder =
                new OpenDecoder(incremental, new OpenDecoder.Limits(1, 512, 0), new Turns(1), "single")) {
            Kept cancelled = new Kept(0);
            cancelled.onToken(3, () -> cancelled.cancelled = true);
            decoder.submit(prompt(0), "", model.noAdapter(), cancelled);
            Kept next = new Kept(0);
            decoder.submit(prompt(1), "", model.noAdapter(), next);

            assertThat(answers(List.of(next)))
                    .containsExactly(golden.expected("base").get(1));
            assertThat(cancelled.tokens).hasSize(3);
        }
    }

    @Test
    void aFailureReachesThoseThatRunAndOthersGoOn() throws Exception {
        try (OpenDecoder decoder = decoder()) {
            Kept failing = new Kept(0);
            failing.onToken(2, () -> {
                throw new UnsupportedOperationException("planted");
            });
            decoder.submit(prompt(0), "", model.noAdapter(), failing);
            assertThat(failing.end.handle((whole, failure) -> failure).get(60, TimeUnit.SECONDS))
                    .isInstanceOf(UnsupportedOperationException.class);
            Kept next = new Kept(0);
            decoder.submit(prompt(1), "", model.noAdapter(), next);

            assertThat(answers(List.of(next)))
                    .containsExactly(golden.expected("base").get(1));
        }
    }

    /** A greedy token is the most likely one, and its probability with all others' is 1. */
    @Test
    void logprobsAreTheModelsOwn() throws Exception {
        int vocabulary = model.config().vocabularySize();
        try (OpenDecoder decoder = decoder()) {
            Kept kept = new Kept(vocabulary);
            decoder.submit(prompt(0), "", model.noAdapter(), kept);
            kept.end.get(60, TimeUnit.SECONDS);

            ChosenToken chosen = kept.tokens.get(7);
            assertThat(chosen.top()).hasSize(vocabulary);
            assertThat(chosen.top().get(0)).isEqualTo(new ChosenToken.Likely(chosen.id(), chosen.logprob()));
            assertThat(chosen.top().stream()
                            .mapToDouble(likely -> Math.exp(likely.logprob()))
                            .sum())
                    .isCloseTo(1, within(1e-5));
        }
    }

    private static OpenDecoder decoder() {
        return new OpenDecoder(incremental, TWO_SLOTS, new Turns(1), "decoder");
    }

    private static Prompt prompt(int index) {
        return new Prompt(
                golden.expected("prompt").get(index).stream()
                        .mapToInt(Integer::intValue)
                        .toArray(),
                NEW_TOKENS,
                Sampling.GREEDY);
    }

    private static Kept submit(OpenDecoder decoder, Prompt prompt, AppliedAdapter adapter) {
        Kept kept = new Kept(TokenSink.NO_LOGPROBS);
        decoder.submit(prompt, "", adapter, kept);
        return kept;
    }

    private static List<List<Integer>> answers(List<Kept> all) throws Exception {
        List<List<Integer>> answers = new ArrayList<>();
        for (Kept kept : all) {
            kept.end.get(60, TimeUnit.SECONDS);
            answers.add(kept.tokens.stream().map(ChosenToken::id).toList());
        }
        return answers;
    }

    /** Keeps all tokens and does something at one of them. */
    private static final class Kept implements TokenSink {

        private final int topLogprobs;
        private final List<ChosenToken> tokens = new ArrayList<>();
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();
        private volatile boolean cancelled;
        private int momentousToken;
        private Runnable action = () -> {};

        private Kept(int topLogprobs) {
            this.topLogprobs = topLogprobs;
        }

        private void onToken(int number, Runnable does) {
            momentousToken = number;
            action = does;
        }

        @Override
        public int topLogprobs() {
            return topLogprobs;
        }

        @Override
        public boolean take(ChosenToken token) {
            tokens.add(token);
            if (tokens.size() == momentousToken) {
                action.run();
            }
            return true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void cut() {
            end.complete(true);
        }

        @Override
        public void failed(Throwable cause) {
            end.completeExceptionally(cause);
        }
    }
}
