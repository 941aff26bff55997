package dev.anneal.engine.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.text.fault.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Ids are those of transformers, special tokens come from us alone, and broken directories are named. */
class ModelTokenizerTest {

    private static ModelTokenizer tokenizer;

    @BeforeAll
    static void open() {
        tokenizer = ModelTokenizer.open(Golden.folder("/golden/tokenizer"));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    static Stream<JsonNode> strings() {
        return Golden.json("tokenizer/cases.json").get("strings").valueStream();
    }

    static Stream<JsonNode> chats() {
        return Golden.json("tokenizer/cases.json").get("chats").valueStream();
    }

    @ParameterizedTest
    @MethodSource("strings")
    void idsAreThoseOfTransformers(JsonNode string) {
        String text = string.get("text").stringValue();
        int[] ids = Golden.ints(string.get("ids"));
        assertThat(tokenizer.encode(text)).isEqualTo(ids);
        assertThat(UserText.encode(tokenizer, text)).isEqualTo(Golden.ints(string.get("ids_special_tokens_as_text")));
        assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
        assertThat(tokenizer.decode(ids, true))
                .isEqualTo(string.get("decoded_skipping_special_tokens").stringValue());
    }

    @ParameterizedTest
    @MethodSource("chats")
    void renderedChatsHaveTheIdsOfTransformers(JsonNode chat) {
        assertThat(tokenizer.encode(chat.get("text").stringValue())).isEqualTo(Golden.ints(chat.get("ids")));
    }

    @Test
    void markedSpecialTokensAreText() {
        String broken = tokenizer.controlTokens().broken("a<|im_end|>b<|im_start", '\uFDD0');
        assertThat(broken).isEqualTo("a<\uFDD0|im_end|>b<|im_start");
        int[] ids = tokenizer
                .encodeMarked("<|im_start|>" + broken + "<|im_end|>", '\uFDD0')
                .ids();
        assertThat(ids).startsWith(1).endsWith(2);
        assertThat(tokenizer.decode(ids, false)).isEqualTo("<|im_start|>a<|im_end|>b<|im_start<|im_end|>");
        assertThat(IntStream.of(ids).filter(id -> id < 3)).containsExactly(1, 2);
    }

    @Test
    void nestedSpecialTokensAreBroken() {
        String broken = tokenizer.controlTokens().broken("<|im_<|im_end|>end|>", '\uFDD0');
        assertThat(tokenizer.encodeMarked(broken, '\uFDD0').ids())
                .isEqualTo(UserText.encode(tokenizer, "<|im_<|im_end|>end|>"));
    }

    @Test
    void specialTokensOfTheModel() {
        assertThat(tokenizer.beginOfSequenceId()).isNull();
        assertThat(tokenizer.endIds()).containsExactly(2);
    }

    @Test
    void endIdsIncludeThoseOfTheGenerationConfig() {
        try (ModelTokenizer tiny = ModelTokenizer.open(Golden.folder("/models/anneal-tiny"))) {
            assertThat(tiny.endIds()).containsExactlyInAnyOrder(2, 0);
            assertThat(tiny.encode("<|im_start|>user\nAdd 17 and 4<|im_end|>\n"))
                    .startsWith(1)
                    .endsWith(2, 202);
        }
    }

    @Test
    void manyThreadsGetTheSameIds() throws Exception {
        int[] expected = tokenizer.encode("The river runs past 12 hills.<|im_end|>");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<int[]>> calls = IntStream.range(0, 400)
                    .<Callable<int[]>>mapToObj(i -> () -> tokenizer.encode("The river runs past 12 hills.<|im_end|>"))
                    .toList();
            for (Future<int[]> ids : threads.invokeAll(calls)) {
                assertThat(ids.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenizer.json        | ''                      | is not a tokenizer",
                "tokenizer.json        | [1]                     | is not a tokenizer",
                "tokenizer.json        | {}                      | it must hold one JSON object with a model",
                "tokenizer.json        | {\"model\": {}}           | does not hold the special token",
                "tokenizer.json        | {\"model\": {\"type\"   | is not a tokenizer",
                "tokenizer.json        | {\"model\": {\"vocab\": {\"a\": True}}} | it holds the word True without quotes at line 1, column 27",
                "tokenizer.json        | {\"model\": {\"vocab\": {\"a\": \"b\"}}} | it holds a string in the place of another value at line 1, column ",
                "tokenizer_config.json | {                       | is not JSON",
                "tokenizer_config.json | 7                       | must hold one JSON object",
                "tokenizer_config.json | {\"eos_token\": \"</s>\"} | does not hold the special token '</s>' that tokenizer_config.json names",
            },
            quoteCharacter = '`')
    void brokenFilesAreNamed(String name, String content, String problem, @TempDir Path directory) throws IOException {
        Path model = copyOfGolden(directory);
        Files.writeString(model.resolve(name), content.equals("''") ? "" : content);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ModelTokenizer.open(model))
                .withMessageContainingAll("of model 'broken' ", problem)
                .withMessageNotContaining(directory.toString())
                .extracting(DataException::code)
                .isEqualTo(DataException.Code.BASE_MODEL_UNREADABLE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"vocab_size\": 319} | {} | gives the token 'ts' the id 319, but config.json has a 'vocab_size' of 319, which allows ids 0 to 318",
                "{\"vocab_size\": 320} | {\"eos_token_id\": [2, 320]} | a 'vocab_size' of 320, which allows ids 0 to 319, but 'eos_token_id' is 320",
                "{\"vocab_size\": 320, \"eos_token_id\": 320} | {} | but 'eos_token_id' is 320",
            })
    void idsWithoutARowInTheEmbeddingAreNamed(String config, String generation, String problem, @TempDir Path directory)
            throws IOException {
        Path model = copyOfGolden(directory);
        Files.writeString(model.resolve("config.json"), config);
        Files.writeString(model.resolve("generation_config.json"), generation);
        for (Consumer<Path> reading : List.<Consumer<Path>>of(ModelTokenizer::open, ModelTokenizer::check)) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> reading.accept(model))
                    .withMessageContaining(problem)
                    .extracting(DataException::code)
                    .isEqualTo(DataException.Code.BASE_MODEL_UNREADABLE);
        }
    }

    @Test
    void everyIdWithARowIsTaken(@TempDir Path directory) throws IOException {
        Path model = copyOfGolden(directory);
        Files.writeString(model.resolve("config.json"), "{\"vocab_size\": 320, \"eos_token_id\": 319}");
        try (ModelTokenizer all = ModelTokenizer.open(model)) {
            assertThat(all.encode("ts")).containsExactly(319);
        }
    }

    @Test
    void addedTokenWithoutARowIsNamed(@TempDir Path directory) throws IOException {
        Path model = wordLevel(directory, 3);
        Files.writeString(model.resolve("config.json"), "{\"vocab_size\": 3}");
        Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": \"<x>\"}");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ModelTokenizer.check(model))
                .withMessageContaining("gives the token '<x>' the id 3, but config.json has a 'vocab_size' of 3");
    }

    /** As in Gemma 3's text models, whose tokenizer is that of the models that read images. */
    @Test
    void anAddedTokenWithoutARowThatNothingNamesIsText(@TempDir Path directory) throws IOException {
        Path model = copyOfGolden(directory);
        Path file = model.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replaceFirst("\"added_tokens\": \\[", """
                "added_tokens": [{"id": 320, "content": "<img>", "special": true, "single_word": false,
                  "lstrip": false, "rstrip": false, "normalized": false},"""));
        Files.writeString(model.resolve("tokenizer_config.json"), "{\"additional_special_tokens\": [\"<img>\"]}");
        Files.writeString(model.resolve("config.json"), "{\"vocab_size\": 320}");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            int[] ids = tokenizer.encode("an <img>");

            assertThat(ids).hasSizeGreaterThan(2).doesNotContain(320);
            assertThat(tokenizer.decode(ids, true)).isEqualTo("an <img>");
        }
        assertThat(Vocabulary.read(model).tokens()).hasSize(320).doesNotContainKey(320);
    }

    @Test
    void idsThatTheLibraryNumbersAnewAreHeldToTheEmbedding(@TempDir Path directory) throws IOException {
        Path model = wordLevel(directory, 1);
        Files.writeString(model.resolve("config.json"), "{\"vocab_size\": 2}");
        try (ModelTokenizer renumbered = ModelTokenizer.open(model)) {
            assertThat(renumbered.encode("a")).containsExactly(0);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> renumbered.encode("a<x>"))
                    .withMessageContaining("makes the token id 2 of a text, but config.json has a 'vocab_size' of 2");
        }
    }

    /** Two words and a special token that is not among them. */
    private static Path wordLevel(Path directory, int id) throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), """
                {"version": "1.0", "added_tokens": [{"id": %d, "content": "<x>", "special": true, "single_word": false,
                   "lstrip": false, "rstrip": false, "normalized": false}],
                 "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"a": 0, "b": 1}, "unk_token": "b"}}""".formatted(id));
        return directory;
    }

    @Test
    void negativeIdIsNamed(@TempDir Path directory) throws IOException {
        Path model = wordLevel(directory, 2);
        Path file = model.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"b\": 1", "\"b\": -1"));
        Files.writeString(model.resolve("config.json"), "{\"vocab_size\": 3}");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ModelTokenizer.check(model))
                .withMessageContaining("gives the token 'b' the id -1, but config.json has a 'vocab_size' of 3");
    }

    /** Found by fuzzing: the library loads such a file and throws when a text has a piece that is no token. */
    @Test
    void textsThatTheLibraryCannotEncodeAreNamed(@TempDir Path directory) throws IOException {
        Path model = wordLevel(directory, 2);
        Path file = model.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"unk_token\": \"b\"", "\"unk_token\": \"absent\""));
        try (ModelTokenizer incomplete = ModelTokenizer.open(model)) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> incomplete.encode("z"))
                    .withMessageStartingWith("tokenizer.json of model")
                    .withMessageContaining("cannot make tokens of a text: WordLevel error")
                    .extracting(DataException::code)
                    .isEqualTo(DataException.Code.BASE_MODEL_UNREADABLE);
        }
    }

    @Test
    void missingTokenizerIsNamed(@TempDir Path directory) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ModelTokenizer.open(directory.resolve("nowhere")))
                .withMessage("tokenizer.json of model 'nowhere' is missing");
    }

    @Test
    void modelWithoutTemplateIsNamed(@TempDir Path directory) throws IOException {
        Path model = Files.createDirectory(directory.resolve("bare"));
        Files.copy(Golden.folder("/golden/tokenizer").resolve("tokenizer.json"), model.resolve("tokenizer.json"));
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> tokenizer.readTemplates(Instant.EPOCH))
                    .withMessage(
                            "tokenizer_config.json of model 'bare' has no chat template named 'default', and there is no chat_template.jinja");
        }
    }

    /** As processors of multimodal models keep it; the tokenizer's own comes first. */
    @Test
    void templateOfAProcessorIsRead(@TempDir Path directory) throws IOException {
        Path model = Files.createDirectory(directory.resolve("multimodal"));
        Files.copy(Golden.folder("/golden/tokenizer").resolve("tokenizer.json"), model.resolve("tokenizer.json"));
        Files.writeString(model.resolve("chat_template.json"), "{\"chat_template\": \"of the processor\"}");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            assertThat(rendered(tokenizer)).isEqualTo("of the processor");
            Files.writeString(model.resolve("tokenizer_config.json"), "{\"chat_template\": \"of the tokenizer\"}");
            assertThat(rendered(tokenizer)).isEqualTo("of the tokenizer");
            Files.writeString(model.resolve("chat_template.jinja"), "of its own");
            assertThat(rendered(tokenizer)).isEqualTo("of its own");
        }
    }

    private static String rendered(ModelTokenizer tokenizer) {
        return tokenizer.readTemplates(Instant.EPOCH).plain().render(Map.of()).text();
    }

    @Test
    void languageModelOfAMultimodalOneSaysItsVocabularyAndItsEnd(@TempDir Path directory) throws IOException {
        Path model = copyOfGolden(directory);
        Path config = model.resolve("config.json");
        Files.writeString(
                config, "{\"eos_token_id\": [2, 5], \"text_config\": {\"vocab_size\": 320, \"eos_token_id\": 7}}");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            assertThat(tokenizer.endIds()).containsExactlyInAnyOrder(2, 5);
        }
        Files.writeString(config, "{\"text_config\": {\"model_type\": \"gemma3_text\", \"eos_token_id\": 262208}}");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ModelTokenizer.check(model))
                .withMessageContaining("a 'vocab_size' of 262208, which allows ids 0 to 262207");
    }

    private static Path copyOfGolden(Path directory) throws IOException {
        Path model = Files.createDirectory(directory.resolve("broken"));
        for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(Golden.folder("/golden/tokenizer").resolve(name), model.resolve(name));
        }
        return model;
    }
}
