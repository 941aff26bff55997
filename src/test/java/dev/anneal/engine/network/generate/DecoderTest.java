package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Answer;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * When answers end, and that they do not depend on what is decoded beside them. That they are the right ones is
 * {@link GoldenAnswersTest}'s.
 */
class DecoderTest {

    private static final Path GOLDEN = GoldenTensors.ROOT;

    private static DecoderModel model;
    private static JsonNode golden;

    @BeforeAll
    static void load() throws IOException {
        golden = JsonMapper.shared().readTree(Files.readAllBytes(GOLDEN.resolve("generate/llama-tied.json")));
        model = DecoderModel.load(GOLDEN.resolve("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** More prompts than a batch holds, so that several batches run. */
    @Test
    void answersDoNotDependOnTheNumberOfThreads() {
        List<int[]> many = Stream.generate(DecoderTest::prompts)
                .limit(12)
                .flatMap(List::stream)
                .toList();
        List<List<Integer>> single = decode(model.noAdapter(), many, 8, Set.of(), 1);

        assertThat(many).hasSizeGreaterThan(32);
        assertThat(decode(model.noAdapter(), many, 8, Set.of(), 3)).isEqualTo(single);
    }

    /** Fewer prompts than fill a lane, so that threads share its operators; in bf16, where they do. */
    @Test
    void answersDoNotDependOnThreadsThatShareOperators() throws IOException {
        List<Prompt> drawn = prompts().stream()
                .map(tokens -> new Prompt(tokens, 24, new Sampling(1, 0, 1, 0, 7)))
                .toList();
        GoldenAnswers golden = GoldenAnswers.of("llama-untied-gqa");
        try (DecoderModel bf16 = DecoderModel.load(golden.model(), ElementType.BFLOAT16, TestDevice.NAME);
                Adapter adapter = Adapter.load(bf16, golden.adapterConfig(), golden.adapter())) {
            AppliedAdapter applied = adapter.apply(0.5, AdapterDropout.NONE);
            List<Answer> alone = new Decoder(new IncrementalDecoder(bf16), applied, Set.of(), new BatchWidth(1))
                    .answer(drawn, () -> {});
            List<Answer> shared = new Decoder(new IncrementalDecoder(bf16), applied, Set.of(), new BatchWidth(3))
                    .answer(drawn, () -> {});

            assertThat(bf16.decodingLimits().sharesOperators()).isTrue();
            assertThat(shared).usingRecursiveComparison().isEqualTo(alone);
        }
    }

    /** One of them reads the prompt; each goes on by itself, and the shorter answer leaves its slot. */
    @Test
    void promptsThatAreAlikeGetTheAnswersThatEachGetsAlone() {
        List<int[]> texts = List.of(
                prompts().get(0),
                prompts().get(1),
                prompts().get(0),
                prompts().get(0),
                prompts().get(1));
        List<Prompt> drawn = IntStream.range(0, texts.size())
                .mapToObj(i -> new Prompt(texts.get(i), 12 + i, new Sampling(1, 0, 1, 0, i)))
                .toList();
        Decoder decoder = new Decoder(new IncrementalDecoder(model), model.noAdapter(), Set.of(), new BatchWidth(1));

        List<int[]> alone = drawn.stream()
                .map(prompt -> decoder.answer(List.of(prompt), () -> {}).get(0).tokens())
                .toList();

        assertThat(decoder.answer(drawn, () -> {})).extracting(Answer::tokens).containsExactlyElementsOf(alone);
        assertThat(alone.get(2)).isNotEqualTo(alone.get(3));
    }

    /** Three are read at a time; of the later ones only what is their own. */
    @Test
    void longPromptsThatBeginAlikeGetTheAnswersThatEachGetsAlone() throws IOException {
        int[] beginning = new Random(3).ints(250, 3, 300).toArray();
        List<Prompt> prompts = IntStream.range(0, 12)
                .mapToObj(i -> {
                    int[] tokens = Arrays.copyOf(beginning, 300 + i);
                    Arrays.fill(tokens, 250, tokens.length, 5 + i);
                    return new Prompt(tokens, 8, new Sampling(1, 0, 1, 0, i));
                })
                .toList();
        try (DecoderModel bf16 =
                DecoderModel.load(GoldenAnswers.of("mistral").model(), ElementType.BFLOAT16, TestDevice.NAME)) {
            Decoder decoder = new Decoder(new IncrementalDecoder(bf16), bf16.noAdapter(), Set.of(), new BatchWidth(1));

            List<int[]> alone = prompts.stream()
                    .map(prompt ->
                            decoder.answer(List.of(prompt), () -> {}).get(0).tokens())
                    .toList();

            assertThat(decoder.answer(prompts, () -> {}))
                    .extracting(Answer::tokens)
                    .containsExactlyElementsOf(alone);
        }
    }

    @Test
    void answerEndsBeforeAnEndToken() {
        List<Integer> whole = expected("base").get(0);
        Set<Integer> ends = Set.of(whole.get(4));

        List<Integer> answer =
                decode(model.noAdapter(), prompts().subList(0, 1), 32, ends, 1).get(0);

        assertThat(answer).isEqualTo(whole.subList(0, whole.indexOf(whole.get(4))));
    }

    @Test
    void answerEndsWithTheContext() {
        int context = model.config().maxPositions();
        int[] almostFull = new int[context - 3];
        int[] full = new int[context];
        Arrays.fill(almostFull, 5);
        Arrays.fill(full, 5);

        List<List<Integer>> answers =
                decode(model.noAdapter(), List.of(almostFull, full, prompts().get(0)), 32, Set.of(), 1);

        assertThat(answers.get(0)).hasSize(3);
        assertThat(answers.get(1)).isEmpty();
        assertThat(answers.get(2)).isEqualTo(expected("base").get(0));
    }

    @Test
    void whatIsThrownBetweenTokensEndsTheWork() {
        Decoder decoder = new Decoder(new IncrementalDecoder(model), model.noAdapter(), Set.of(), new BatchWidth(2));
        Runnable stop = () -> {
            throw new UnsupportedOperationException("stop");
        };

        assertThatThrownBy(() -> decoder.answerGreedily(prompts(), 4, stop))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    /** Its code is another than that of a fault in the program. */
    @Test
    void anExhaustedHeapComesOutAsItself() {
        Decoder decoder = new Decoder(new IncrementalDecoder(model), model.noAdapter(), Set.of(), new BatchWidth(2));
        Runnable exhausted = () -> {
            throw new OutOfMemoryError("Java heap space");
        };

        assertThatThrownBy(() -> decoder.answerGreedily(prompts(), 4, exhausted))
                .isInstanceOf(OutOfMemoryError.class);
    }

    /** 40 prompts are five lanes of 8: two at one time, one, then 4 of its sequences. */
    @Test
    void answersThatDoNotFitIntoMemoryAreDecodedFewerAtATime() {
        List<int[]> many = Stream.generate(DecoderTest::prompts)
                .flatMap(List::stream)
                .limit(40)
                .toList();
        List<Integer> told = new ArrayList<>();
        BatchWidth breadth = new BatchWidth(2, narrower -> told.add(narrower.sequences()));
        Decoder decoder = new Decoder(new IncrementalDecoder(model), model.noAdapter(), Set.of(), breadth);

        List<int[]> answers = decoder.answerGreedily(many, 8, () -> allocateForMoreThan(4, breadth));

        assertThat(told).containsExactly(8, 4);
        assertThat(answers.stream()
                        .map(answer -> Arrays.stream(answer).boxed().toList())
                        .toList())
                .isEqualTo(decode(model.noAdapter(), many, 8, Set.of(), 1));
        assertThat(decoder.answerGreedily(many, 1, () -> allocateForMoreThan(4, breadth)))
                .hasSize(40);
        assertThat(told).as("it stays so").hasSize(2);
    }

    @Test
    void aSingleSequenceThatDoesNotFitIsAFailure() {
        BatchWidth breadth = new BatchWidth(2);
        Decoder decoder = new Decoder(new IncrementalDecoder(model), model.noAdapter(), Set.of(), breadth);

        assertThatThrownBy(() -> decoder.answerGreedily(prompts(), 8, () -> allocateForMoreThan(0, breadth)))
                .isInstanceOfSatisfying(
                        TorchException.class, e -> assertThat(e.isOutOfMemory()).isTrue());
        assertThat(breadth.sequences()).isEqualTo(1);
    }

    /** As if memory held so many sequences. */
    private static void allocateForMoreThan(int sequences, BatchWidth breadth) {
        if (breadth.sequences() > sequences) {
            try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
                scope.zeros(ElementType.FLOAT32, 1L << 50);
            }
        }
    }

    private static List<List<Integer>> decode(
            AppliedAdapter applied, List<int[]> prompts, int tokens, Set<Integer> ends, int threads) {
        return new Decoder(new IncrementalDecoder(model), applied, ends, new BatchWidth(threads))
                .answerGreedily(prompts, tokens, () -> {}).stream()
                        .map(answer -> Arrays.stream(answer).boxed().toList())
                        .toList();
    }

    private static List<int[]> prompts() {
        return ids("prompt")
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    private static List<List<Integer>> expected(String key) {
        return ids(key).toList();
    }

    private static Stream<List<Integer>> ids(String key) {
        return StreamSupport.stream(golden.path("cases").spliterator(), false)
                .map(value -> value.path(key).valueStream().map(JsonNode::asInt).toList());
    }
}
