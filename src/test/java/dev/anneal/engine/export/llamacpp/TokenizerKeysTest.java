package dev.anneal.engine.export.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.format.gguf.GgufContents;
import dev.anneal.engine.format.gguf.GgufWriter;
import dev.anneal.engine.format.gguf.Metadata;
import dev.anneal.engine.text.tokens.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokenizers of real families, made small, as llama.cpp will read them. */
class TokenizerKeysTest {

    private static final String BYTES =
            "{'type': 'ByteLevel', 'add_prefix_space': false, 'trim_offsets': true, 'use_regex': %s}";
    private static final String LLAMA_3 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "null; true; {1,3}; llama-bpe",
                "null; false; {1,3}; smaug-bpe",
                "{'type': 'NFC'}; false; \"\"; qwen2",
                "null; false; \"\"; qwen2",
                "{'type': 'NFC'}; true; {1,3}; default",
                "null; false; {1,2}; default"
            })
    void splittingPatternsHaveNames(String normalizer, boolean ignoreMerges, String digits, String name)
            throws IOException {
        String pattern = LLAMA_3.replace("{1,3}", digits);
        String split =
                "{'type': 'Split', 'pattern': {'Regex': \"" + pattern + "\"}, 'behavior': 'Isolated', 'invert': false}";
        Map<String, Object> keys = keys(tokenizer(
                normalizer.replace("'", "\""),
                "{'type': 'Sequence', 'pretokenizers': [%s, %s]}".formatted(split, BYTES.formatted(false)),
                "{'type': 'BPE', 'ignore_merges': %s, 'vocab': {'a': 0, 'b': 1, 'ab': 2}, 'merges': [['a', 'b']]}"
                        .formatted(ignoreMerges)));

        assertThat(keys).containsEntry("tokenizer.ggml.pre", name);
    }

    @Test
    void plainByteLevelIsGpt2AndGapsAreUnused() throws IOException {
        Map<String, Object> keys = keys(tokenizer(
                "null",
                BYTES.formatted(true),
                "{'type': 'BPE', 'vocab': {'a': 0, 'b': 1, 'ab': 3}, 'merges': ['a b']}"));

        assertThat(keys)
                .containsEntry("tokenizer.ggml.pre", "gpt-2")
                .containsEntry("tokenizer.ggml.tokens", List.of("a", "b", "[PAD2]", "ab", "<s>", "<x>"))
                .containsEntry("tokenizer.ggml.token_type", List.of(1, 1, 5, 1, 3, 4))
                .containsEntry("tokenizer.ggml.merges", List.of("a b"));
    }

    /** llama.cpp merges the pair of the highest score first, tokenizers the pair of the first merge. */
    @Test
    void sentencePieceHasScoresInTheOrderOfItsMerges() throws IOException {
        Map<String, Object> keys = keys(tokenizer(
                "{'type': 'Sequence', 'normalizers': [{'type': 'Prepend', 'prepend': '_'}]}",
                "null",
                "{'type': 'BPE', 'byte_fallback': true, 'unk_token': 'u', 'vocab': {'<0x0A>': 0, 'a': 1, 'aa': 2, 'aaa': 3},"
                        + " 'merges': [['a', 'a'], ['aa', 'a'], ['a', 'aa']]}"));

        assertThat(keys)
                .containsEntry("tokenizer.ggml.model", "llama")
                .containsEntry("tokenizer.ggml.scores", List.of(0f, 0f, -1f, -2f, 0f, 0f))
                .containsEntry("tokenizer.ggml.token_type", List.of(6, 1, 1, 1, 3, 4))
                .containsEntry("tokenizer.ggml.add_space_prefix", true)
                .doesNotContainKey("tokenizer.ggml.merges");
    }

    @Test
    void beginOfSequenceIsAddedWhereTheTokenizerAddsIt() throws IOException {
        write("tokenizer_config.json", "{'bos_token': '<s>', 'add_bos_token': false}");
        String template =
                "{'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': '<s>'}}, {'Sequence': {'id': 'A'}}]}";
        String tokenizer = tokenizer("null", BYTES.formatted(true), "{'type': 'BPE', 'vocab': {'a': 0}, 'merges': []}")
                .replace(
                        "'post_processor': null",
                        "'post_processor': {'type': 'Sequence', 'processors': [%s, %s]}"
                                .formatted(BYTES.formatted(true), template));

        assertThat(keys(tokenizer))
                .containsEntry("tokenizer.ggml.bos_token_id", 4)
                .containsEntry("tokenizer.ggml.add_bos_token", true)
                .containsEntry("tokenizer.ggml.add_eos_token", false);
    }

    @Test
    void chatTemplatesKeepTheirNamesAndLoseTheirMarks() throws IOException {
        write(
                "tokenizer_config.json",
                "{'chat_template': [{'name': 'default', 'template': '{%- generation -%}a{% endgeneration %}'},"
                        + " {'name': 'tool use', 'template': 'b'}]}");

        assertThat(keys(tokenizer("null", BYTES.formatted(true), "{'type': 'BPE', 'vocab': {'a': 0}, 'merges': []}")))
                .containsEntry("tokenizer.chat_template", "{%- if true -%}a{% endif %}")
                .containsEntry("tokenizer.chat_template.tool_use", "b")
                .containsEntry("tokenizer.chat_templates", List.of("tool_use"))
                .containsEntry("tokenizer.ggml.eot_token_id", 5);
    }

    @Test
    void unigramTokenizersAreNoneOfLlamaCpps() throws IOException {
        write(
                "tokenizer.json",
                tokenizer("null", "null", "{'type': 'Unigram', 'unk_id': 0, 'vocab': [['a', 0.0], ['b', -1.5]]}"));
        Vocabulary vocabulary = Vocabulary.read(folder);

        assertThat(new TokenizerKeys(vocabulary, 6, null).obstacle())
                .hasValueSatisfying(obstacle -> assertThat(obstacle).contains("of type Unigram"));
    }

    @Test
    void tokensOfOneTextAreRefusedBecauseLlamaCppEnds() throws IOException {
        write(
                "tokenizer.json",
                tokenizer("null", BYTES.formatted(true), "{'type': 'BPE', 'vocab': {'a': 0, '<s>': 1}, 'merges': []}"));

        assertThat(new TokenizerKeys(Vocabulary.read(folder), 6, null).obstacle())
                .hasValueSatisfying(obstacle -> assertThat(obstacle).contains("two of its tokens are the text '<s>'"));
    }

    private Map<String, Object> keys(String tokenizer) throws IOException {
        write("tokenizer.json", tokenizer);
        Metadata metadata = new Metadata();
        @Nullable Integer endOfTurn = 5;
        new TokenizerKeys(Vocabulary.read(folder), 6, endOfTurn).put(metadata);
        Path file = folder.resolve("keys.gguf");
        GgufWriter.write(file, metadata, List.of());
        return GgufContents.read(file).metadata();
    }

    private static String tokenizer(String normalizer, String preTokenizer, String model) {
        return """
                {'added_tokens': [
                   {'id': 4, 'content': '<s>', 'special': true, 'normalized': false},
                   {'id': 5, 'content': '<x>', 'special': false, 'normalized': false}],
                 'normalizer': %s, 'pre_tokenizer': %s, 'post_processor': null, 'model': %s}
                """.formatted(normalizer, preTokenizer, model);
    }

    /** With quotation marks for apostrophes, except within quoted texts. */
    private void write(String name, String json) throws IOException {
        StringBuilder text = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            quoted ^= c == '"';
            text.append(c == '\'' && !quoted ? '"' : c);
        }
        Files.writeString(folder.resolve(name), text);
    }
}
