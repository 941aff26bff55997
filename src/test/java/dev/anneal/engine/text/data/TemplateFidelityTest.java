package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** Tokenizers and templates that make a model learn something else than its dataset says: handled, or counted. */
class TemplateFidelityTest {

    private static final String TURNS =
            "{% for m in messages %}{{ '<|im_start|>' + m.role + ':' + m.content + '<|im_end|>' }}{% endfor %}";
    private static final String PROMPT = "{% if add_generation_prompt %}{{ '<|im_start|>assistant:' }}{% endif %}";
    private static final String CONFIG = "{\"eos_token\": \"<|im_end|>\"}";

    /** Of the chats without special tokens in messages, which are text to the engine. */
    static final List<JsonNode> CHATS = Golden.json("tokenizer/cases.json")
            .get("chats")
            .valueStream()
            .filter(chat -> chat.get("ids").equals(chat.get("ids_user_special_tokens_as_text")))
            .toList();

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("CHATS")
    void labelsAreTheMaskOfTransformers(JsonNode chat) throws IOException {
        int[] ids = Golden.ints(chat.get("ids"));
        int[] mask = Golden.ints(chat.get("assistant_mask"));
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{\"messages\": " + chat.get("messages") + "}");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Golden.folder("/golden/tokenizer"))) {
            EncodedRow row = ChatEncoder.of(tokenizer, Instant.EPOCH)
                    .encode(rows, 99)
                    .rows()
                    .get(0);
            assertThat(row.ids()).isEqualTo(ids);
            assertThat(row.labels())
                    .isEqualTo(IntStream.range(0, ids.length)
                            .map(i -> mask[i] == 1 ? ids[i] : EncodedRow.NOT_TRAINED)
                            .toArray());
        }
    }

    /** Trainers that mask padding by its id lose the end of every answer there; this engine has no padding. */
    @Test
    void endOfTurnIsTrainedWhereItIsThePaddingToo() throws IOException {
        String padded = CONFIG.replace("}", ", \"pad_token\": \"<|im_end|>\"}");
        EncodedDataset<EncodedRow> dataset = encoded(padded, TURNS + PROMPT, Rows.good(1));
        assertThat(dataset.rows().get(0).labels()).endsWith(2);
        assertThat(dataset.report().unendedRows()).isZero();
    }

    @Test
    void tokenizerThatAddsABeginningAddsNoneToATemplate() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                Files.readString(Golden.folder("/golden/tokenizer").resolve("tokenizer.json"))
                        .replaceFirst("\"post_processor\": \\{[^}]*}", """
                                "post_processor": {"type": "TemplateProcessing",
                                 "single": [{"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                                 "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                                 "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}}}"""));
        String begins = CONFIG.replace("}", ", \"bos_token\": \"<|endoftext|>\", \"add_bos_token\": true}");
        assertThat(encoded(begins, "{{ bos_token }}" + TURNS + PROMPT, Rows.good(1))
                        .rows()
                        .get(0)
                        .ids())
                .startsWith(0, 1);
        assertThat(encoded(begins, TURNS + PROMPT, Rows.good(1)).rows().get(0).ids())
                .as("the template decides")
                .startsWith(1);
    }

    @Test
    void templateWithoutAnEndOfTurnIsCounted() throws IOException {
        TokenReport report = encoded(
                        CONFIG,
                        "{% for m in messages %}{{ m.role + ': ' + m.content + ' ' }}{% endfor %}"
                                + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
                        Rows.good(1),
                        Rows.good(2))
                .report();
        assertThat(report.rows()).isEqualTo(2);
        assertThat(report.unendedRows()).isEqualTo(2);
        assertThat(report.unshownRows()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "system message      | {% for m in messages if m.role != 'system' %}                | {'role': 'system', 'content': 'be brief'}",
                "earlier reasoning   | {% for m in messages %}                                      | {'role': 'assistant', 'content': 'x', 'reasoning_content': 'so'}",
                "calls               | {% for m in messages %}                                      | {'role': 'assistant', 'content': 'x', 'tool_calls': [{'function': {'name': 'add', 'arguments': '{}'}}]}",
                "part of a message   | {% for m in messages %}{% set m = {'role': m.role, 'content': m.content.split('</think>')[-1]} %} | {'role': 'assistant', 'content': '<think>so</think>x'}",
            })
    void whatATemplateLeavesOutIsCounted(String what, String loop, String message) throws IOException {
        String template = TURNS.replace("{% for m in messages %}", loop) + PROMPT;
        String row =
                Rows.ofMessages(message, "{'role': 'user', 'content': 'q'}", "{'role': 'assistant', 'content': 'a'}");
        TokenReport report = encoded(CONFIG, template, Rows.good(1), row).report();
        assertThat(report.unshownRows()).as(what).isEqualTo(1);
        assertThat(report.firstUnshownLines()).containsExactly(2L);
    }

    @Test
    void toolsThatATemplateDoesNotKnowAreCounted() throws IOException {
        String row = Rows.good(1).replaceFirst("}$", ", \"tools\": [{\"function\": {\"name\": \"add\"}}]}");
        assertThat(encoded(CONFIG, TURNS + PROMPT, row).report().unshownRows()).isEqualTo(1);
        assertThat(encoded(CONFIG, "{{ tools | tojson }}" + TURNS + PROMPT, row)
                        .report()
                        .unshownRows())
                .isZero();
    }

    @Test
    void textThatATemplateWritesInAnotherWayIsShown() throws IOException {
        String row = Rows.ofMessages(
                "{'role': 'system', 'content': ' two\\nlines '}",
                "{'role': 'user', 'content': 'small'}",
                "{'role': 'assistant', 'content': ' a '}");
        for (String content : List.of("m.content | trim", "m.content | tojson", "m.content | upper")) {
            assertThat(encoded(CONFIG, TURNS.replace("m.content", "(" + content + ")") + PROMPT, row)
                            .report()
                            .unshownRows())
                    .as(content)
                    .isZero();
        }
    }

    private EncodedDataset<EncodedRow> encoded(String config, String template, String... lines) throws IOException {
        Path tokenizerFile = folder.resolve("tokenizer.json");
        if (!Files.exists(tokenizerFile)) {
            Files.copy(Golden.folder("/golden/tokenizer").resolve("tokenizer.json"), tokenizerFile);
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        Path rows = Files.write(folder.resolve("rows.jsonl"), Arrays.asList(lines));
        try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
            return ChatEncoder.of(tokenizer, Instant.EPOCH).encode(rows, 4096);
        }
    }
}
