package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.NewHeads;
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
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Answers of steps that read draft tokens are those of steps that read one token each: the same tokens and, in bf16,
 * the same bits of log-probabilities, of 80 prompts that join and leave a lane, with two adapters, filters and end
 * tokens.
 */
class DraftedAnswersTest {

    private static final int PROMPTS = Integer.getInteger("anneal.test.drafted.prompts", 80);
    private static final int SLOTS = 8;

    /** Each is drafted for in four ways. Every other one begins like those before it. */
    private static final int HEADED_PROMPTS = 24;

    private static final int[] BEGINNING = new Random(5).ints(140, 3, 300).toArray();

    private static final int PREFIX_BYTES = 1 << 20;

    private static final int CONTEXT = 256;
    private static final int TOP_LOGPROBS = 2;

    /** An end token that some answers meet. */
    private static final int END = 7;

    private static final int[] NO_PREDICTION = {};

    @ParameterizedTest
    @CsvSource({
        "llama-tied, 0, 1", "llama-tied, 1, 3",
        "mistral, 0, 7", "mistral, 1, 15",
        "qwen3, 0, 15", "qwen3, 1, 7"
    })
    void inBf16TheyAreTheSameBitByBit(String name, double temperature, int draftTokens) throws IOException {
        Both both = decode(name, ElementType.BFLOAT16, temperature, draftTokens);

        assertThat(both.hasIndependentRows).isTrue();
        assertThat(both.drafted).extracting(kept -> kept.tokens).isEqualTo(KeptTokens.tokens(both.plain));
        assertThat(both.proposed).extracting(kept -> kept.tokens).isEqualTo(KeptTokens.tokens(both.plain));
        both.headed.forEach(headed -> assertThat(headed)
                .extracting(kept -> kept.tokens)
                .isEqualTo(KeptTokens.tokens(both.plain.subList(0, HEADED_PROMPTS))));
        assertDrafted(both);
    }

    /** Where a product's rounding depends on its number of rows, which tokens of this seed do not. */
    @ParameterizedTest
    @CsvSource({"llama-tied, 0, 7", "llama-tied, 1, 3"})
    void inFp32TheyHaveTheSameTokens(String name, double temperature, int draftTokens) throws IOException {
        Both both = decode(name, ElementType.FLOAT32, temperature, draftTokens);

        List<int[]> plain = both.plain.stream().map(KeptTokens::ids).toList();
        assertThat(both.drafted).extracting(KeptTokens::ids).containsExactlyElementsOf(plain);
        assertThat(both.proposed).extracting(KeptTokens::ids).containsExactlyElementsOf(plain);
        both.headed.forEach(headed -> assertThat(headed)
                .extracting(KeptTokens::ids)
                .containsExactlyElementsOf(plain.subList(0, HEADED_PROMPTS)));
        assertDrafted(both);
    }

    private static void assertDrafted(Both both) {
        int tokens = both.plain.stream().mapToInt(kept -> kept.tokens.size()).sum();
        assertThat(both.plain).allSatisfy(kept -> assertThat(kept.steps).isEqualTo(kept.tokens.size()));
        for (List<KeptTokens> drafted : List.of(both.drafted, both.proposed)) {
            assertThat(drafted.stream().mapToInt(kept -> kept.steps).sum()).isLessThan(tokens * 3 / 4);
            assertThat(drafted.stream().mapToInt(KeptTokens::rejected).sum()).isPositive();
        }
        assertThat(both.headed).allSatisfy(all -> assertThat(all).anyMatch(kept -> kept.skipped > 0));
        assertThat(both.plain).anyMatch(kept -> IntStream.of(kept.ids()).anyMatch(id -> id == END));
    }

    /**
     * Answers without draft tokens, with those of predictions, and with those of a draft model.
     *
     * @param headed with those of a new head, which are hardly ever right: always so many, as many as measured times
     *     make worthwhile, none, although the head reads all prompts, and beside those of predictions
     */
    private record Both(
            boolean hasIndependentRows,
            List<KeptTokens> plain,
            List<KeptTokens> drafted,
            List<KeptTokens> proposed,
            List<List<KeptTokens>> headed) {}

    private static Both decode(String name, ElementType precision, double temperature, int draftTokens)
            throws IOException {
        GoldenAnswers golden = GoldenAnswers.of(name);
        try (DecoderModel model = DecoderModel.load(golden.model(), precision, TestDevice.NAME);
                IncrementalDecoder incremental = new IncrementalDecoder(model);
                Adapter adapter = Adapter.load(model, golden.adapterConfig(), golden.adapter())) {
            List<AppliedAdapter> adapters = List.of(
                    model.noAdapter(),
                    incremental.packed(incremental.scope(), adapter.apply(0.5, AdapterDropout.NONE)));
            DraftLength fixed = DraftLength.fixed(draftTokens);
            List<KeptTokens> plain = decode(incremental, adapters, temperature, List.of(), null, DraftLength.none());
            List<KeptTokens> drafted = decode(incremental, adapters, temperature, plain, null, fixed);
            // The model without its adapter drafts for itself with and without.
            DraftModel draft = new DraftModel(incremental, model.noAdapter());
            List<KeptTokens> proposed = decode(incremental, adapters, temperature, List.of(), draft, fixed);
            return new Both(
                    incremental.hasIndependentRows(),
                    plain,
                    drafted,
                    proposed,
                    headed(model, incremental, adapters, temperature, plain, fixed));
        }
    }

    private static List<List<KeptTokens>> headed(
            DecoderModel model,
            IncrementalDecoder incremental,
            List<AppliedAdapter> adapters,
            double temperature,
            List<KeptTokens> plain,
            DraftLength fixed) {
        int layers = model.config().layers();
        try (EagleHead head = NewHeads.of(model, List.of(0, layers / 2, layers), 200);
                EagleDrafter reader = new EagleDrafter(head, head.noAdapter())) {
            DraftHead draft = new DraftHead(reader);
            List<List<KeptTokens>> all = new ArrayList<>();
            for (DraftLength length : List.of(fixed, DraftLength.measured(), DraftLength.none())) {
                all.add(decode(incremental, adapters, temperature, List.of(), draft, length));
            }
            all.add(decode(incremental, adapters, temperature, plain, draft, DraftLength.measured()));
            return all;
        }
    }

    /** @param predicted answers that are predicted, with a wrong token here and there; none if empty */
    private static List<KeptTokens> decode(
            IncrementalDecoder model,
            List<AppliedAdapter> adapters,
            double temperature,
            List<KeptTokens> predicted,
            @Nullable Draft draft,
            DraftLength draftLength) {
        Random random = new Random(3);
        List<KeptTokens> all = new ArrayList<>();
        ArrayDeque<GeneratedSequence> waiting = new ArrayDeque<>();
        for (int i = 0; i < (draft instanceof DraftHead ? HEADED_PROMPTS : PROMPTS); i++) {
            int[] own = random.ints(1 + random.nextInt(60), 3, 300).toArray();
            int[] prompt = i < HEADED_PROMPTS && i % 2 == 1 ? afterBeginning(own) : own;
            int mostTokens = 8 + random.nextInt(40);
            Sampling sampling = temperature == 0
                    ? Sampling.GREEDY
                    : new Sampling(temperature, i % 3 == 0 ? 50 : 0, i % 3 == 1 ? 0.9 : 1, 0, i);
            int[] prediction = predicted.isEmpty() ? NO_PREDICTION : almost(predicted.get(i));
            KeptTokens kept = new KeptTokens(TOP_LOGPROBS, END);
            all.add(kept);
            waiting.add(new GeneratedSequence(
                    new Prompt(prompt, prediction, draft, mostTokens, sampling),
                    new PrefixCache.Owner(adapters.get(i % 2), ""),
                    CONTEXT,
                    kept));
        }
        try (Lane lane = new Lane(
                model,
                new NextTokens(model.scope(), model.config().vocabularySize()),
                waiting,
                new Lane.Size(SLOTS, CONTEXT),
                new PrefixCache(model, model.scope(), draft instanceof DraftHead ? PREFIX_BYTES : 0),
                new OperatorSharing(1, false),
                draftLength)) {
            lane.run(() -> true, () -> {});
        }
        return all;
    }

    private static int[] afterBeginning(int[] prompt) {
        int[] whole = Arrays.copyOf(BEGINNING, BEGINNING.length + prompt.length);
        System.arraycopy(prompt, 0, whole, BEGINNING.length, prompt.length);
        return whole;
    }

    private static int[] almost(KeptTokens answer) {
        int[] ids = answer.ids();
        for (int i = 5; i < ids.length; i += 9) {
            ids[i] = 3 + ids[i] % 200;
        }
        return ids;
    }
}
