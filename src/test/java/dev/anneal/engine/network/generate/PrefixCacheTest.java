package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * KeptTokens beginnings of prompts: whom they are for, when they go, and that they change no bit of an answer. In
 * blocks of 128 tokens, on a CPU.
 */
class PrefixCacheTest {

    private static final int BLOCK = 128;
    private static final int CONTEXT = 512;

    private DecoderModel model;
    private IncrementalDecoder incremental;
    private Adapter adapter;
    private PrefixCache.Owner alone;
    private PrefixCache prefixes;

    @BeforeEach
    void load() throws IOException {
        GoldenAnswers golden = GoldenAnswers.of("mistral");
        model = DecoderModel.load(golden.model(), ElementType.BFLOAT16, TestDevice.NAME);
        incremental = new IncrementalDecoder(model);
        adapter = Adapter.load(model, golden.adapterConfig(), golden.adapter());
        alone = new PrefixCache.Owner(model.noAdapter(), "a");
        prefixes = cache(3 * BLOCK);
    }

    @AfterEach
    void close() {
        adapter.close();
        incremental.close();
        model.close();
    }

    @Test
    void wholeBlocksThatPromptsHaveInCommonAreNotReadAgain() {
        int[] first = prompt(1, 300);
        int[] second = Arrays.copyOf(first, 280);
        second[270]++;

        assertThat(answer(first, alone).skipped).isZero();
        assertThat(answer(second, alone).skipped).isEqualTo(2 * BLOCK);
        assertThat(answer(first, alone).skipped).isEqualTo(2 * BLOCK);
    }

    @Test
    void theLastTokenOfAPromptIsAlwaysRead() {
        int[] prompt = prompt(1, 2 * BLOCK);

        answer(prompt, alone);

        assertThat(answer(prompt, alone).skipped).isEqualTo(BLOCK);
    }

    @Test
    void shortPromptsAreNotKept() {
        answer(prompt(1, BLOCK - 1), alone);

        assertThat(answer(prompt(1, BLOCK + 20), alone).skipped).isZero();
    }

    @Test
    void anotherAdapterOrScopeHasItsOwn() {
        AppliedAdapter half = adapter.apply(0.5, AdapterDropout.NONE);
        int[] prompt = prompt(1, 300);
        answer(prompt, alone);

        assertThat(answer(prompt, new PrefixCache.Owner(half, "a")).skipped).isZero();
        assertThat(answer(prompt, new PrefixCache.Owner(model.noAdapter(), "b")).skipped)
                .isZero();
    }

    @Test
    void theLeastRecentlyUsedGivesWay() {
        int[] one = prompt(1, BLOCK + 1);
        answer(one, alone);
        answer(prompt(2, BLOCK + 1), alone);
        answer(prompt(3, BLOCK + 1), alone);
        answer(one, alone);

        answer(prompt(4, BLOCK + 1), alone);

        assertThat(answer(one, alone).skipped).isEqualTo(BLOCK);
        assertThat(answer(prompt(3, BLOCK + 1), alone).skipped).isEqualTo(BLOCK);
        assertThat(answer(prompt(2, BLOCK + 1), alone).skipped).isZero();
    }

    @Test
    void aLongerTurnOfAChatTakesThePlaceOfTheShorter() {
        int[] chat = prompt(1, 3 * BLOCK + 5);
        answer(Arrays.copyOf(chat, 2 * BLOCK + 5), alone);

        assertThat(answer(chat, alone).skipped).isEqualTo(2 * BLOCK);
        assertThat(answer(chat, alone).skipped).isEqualTo(3 * BLOCK);
    }

    @Test
    void nothingIsKeptWithoutABudget() {
        prefixes = cache(BLOCK - 1);
        answer(prompt(1, 300), alone);

        assertThat(answer(prompt(1, 300), alone).skipped).isZero();
    }

    /** Of prompts that begin alike in ever other places, with an adapter and without. */
    @Test
    void answersHaveTheSameBits() {
        PrefixCache.Owner adapted = new PrefixCache.Owner(
                incremental.packed(incremental.scope(), adapter.apply(0.5, AdapterDropout.NONE)), "a");
        List<KeptTokens> kept = new ArrayList<>();
        List<KeptTokens> anew = new ArrayList<>();
        for (PrefixCache.Owner owner : List.of(alone, adapted)) {
            for (int i = 0; i < 40; i++) {
                int[] prompt = prompt(7, 150 + 6 * i);
                prompt[140 + 5 * i] = 3 + i;
                kept.add(answer(prompt, owner));
            }
            prefixes = cache(0);
            for (int i = 0; i < 40; i++) {
                int[] prompt = prompt(7, 150 + 6 * i);
                prompt[140 + 5 * i] = 3 + i;
                anew.add(answer(prompt, owner));
            }
            prefixes = cache(3 * BLOCK);
        }

        assertThat(kept.stream().filter(answer -> answer.skipped > 0)).hasSizeGreaterThan(70);
        assertThat(kept).extracting(answer -> answer.tokens).isEqualTo(KeptTokens.tokens(anew));
    }

    private PrefixCache cache(int tokens) {
        return new PrefixCache(incremental, incremental.scope().child(), tokens * incremental.cachedBytesPerToken());
    }

    private static int[] prompt(int seed, int tokens) {
        return new Random(seed).ints(tokens, 3, 300).toArray();
    }

    private KeptTokens answer(int[] prompt, PrefixCache.Owner owner) {
        KeptTokens answer = new KeptTokens(1, KeptTokens.NO_END);
        Queue<GeneratedSequence> waiting = new ArrayDeque<>();
        Sampling sampling = new Sampling(1, 0, 1, 0, prompt.length);
        waiting.add(new GeneratedSequence(new Prompt(prompt, 8, sampling), owner, CONTEXT, answer));
        try (Lane lane = new Lane(
                incremental,
                new NextTokens(incremental.scope(), incremental.config().vocabularySize()),
                waiting,
                new Lane.Size(1, CONTEXT),
                prefixes,
                new OperatorSharing(1, false),
                DraftLength.none())) {
            lane.run(() -> true, () -> {});
        }
        return answer;
    }
}
