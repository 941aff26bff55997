package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.MessageRole;
import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.text.tokens.UserText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Ids and labels are those of transformers, with and without marks in the template; cuts and drops are counted. */
class ChatEncoderTest {

    private static final ModelTokenizer TOKENIZER = ModelTokenizer.open(Golden.folder("/golden/tokenizer"));

    static final List<JsonNode> CASES =
            Golden.resource("/chats/cases.json").valueStream().toList();
    static final List<JsonNode> CHATS =
            Golden.json("tokenizer/cases.json").get("chats").valueStream().toList();

    private static ChatEncoder golden;

    @TempDir
    private static Path temporary;

    @BeforeAll
    static void open() {
        golden = ChatEncoder.of(TOKENIZER, Instant.EPOCH);
    }

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    private static Path file(String... lines) throws IOException {
        return Files.write(Files.createTempFile(temporary, "rows", ".jsonl"), List.of(lines));
    }

    private static EncodedRow only(EncodedDataset<EncodedRow> dataset) {
        assertThat(dataset.report().firstProblems()).isEmpty();
        assertThat(dataset.rows()).hasSize(1);
        return dataset.rows().get(0);
    }

    /** The tokenizer of a case with another chat template, as a model directory. */
    private static ModelTokenizer withTemplate(JsonNode testCase, String template) throws IOException {
        String name = testCase.get("tokenizer").stringValue();
        Path source = Golden.folder(name.equals("golden") ? "/golden/tokenizer" : "/models/anneal-tiny");
        Path model = Files.createTempDirectory(temporary, "model");
        Files.copy(source.resolve("tokenizer.json"), model.resolve("tokenizer.json"));
        ObjectNode config = (ObjectNode) new JsonMapper()
                .readTree(source.resolve("tokenizer_config.json").toFile());
        config.remove("chat_template");
        Files.writeString(model.resolve("tokenizer_config.json"), config.toString());
        Files.writeString(model.resolve("chat_template.jinja"), template);
        return ModelTokenizer.open(model);
    }

    private static String row(JsonNode testCase) {
        return "{\"messages\": " + testCase.get("messages") + "}";
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void labelsOfTemplatesWithoutMarksAreFound(JsonNode testCase) throws IOException {
        try (ModelTokenizer tokenizer =
                withTemplate(testCase, testCase.get("template").stringValue())) {
            EncodedRow row = only(ChatEncoder.of(tokenizer, Instant.EPOCH).encode(file(row(testCase)), 4096));
            assertThat(row.ids()).isEqualTo(Golden.ints(testCase.get("ids")));
            assertThat(row.labels()).isEqualTo(Golden.ints(testCase.get("labels")));
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void labelsOfTemplatesWithMarksAreTheirs(JsonNode testCase) throws IOException {
        try (ModelTokenizer tokenizer =
                withTemplate(testCase, testCase.get("marked_template").stringValue())) {
            EncodedRow row = only(ChatEncoder.of(tokenizer, Instant.EPOCH).encode(file(row(testCase)), 4096));
            assertThat(row.ids()).isEqualTo(Golden.ints(testCase.get("ids")));
            assertThat(row.labels()).isEqualTo(Golden.ints(testCase.get("labels")));
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void promptIsEverythingBeforeTheAnswer(JsonNode testCase) throws IOException {
        try (ModelTokenizer tokenizer =
                withTemplate(testCase, testCase.get("template").stringValue())) {
            ChatEncoder encoder = ChatEncoder.of(tokenizer, Instant.EPOCH);
            DatasetFile.forEach(
                    file(row(testCase)),
                    (line, row) -> assertThat(encoder.encodePrompt(row.conversation()))
                            .isEqualTo(Golden.ints(testCase.get("prompt_ids"))));
        }
    }

    @ParameterizedTest
    @FieldSource("CHATS")
    void specialTokensInMessagesAreText(JsonNode chat) throws IOException {
        EncodedRow row = only(golden.encode(file(row(chat)), 4096));
        assertThat(row.ids()).isEqualTo(Golden.ints(chat.get("ids_user_special_tokens_as_text")));
        assertThat(Arrays.stream(row.labels()).filter(label -> label != EncodedRow.NOT_TRAINED))
                .as("'It is old.' and the end of turn")
                .containsExactly(43, 86, 288, 273, 295, 16, 2);
    }

    @Test
    void specialTokensInAnswersAreTextAndTrainedAsSuch() throws IOException {
        try (ModelTokenizer tokenizer =
                withTemplate(CASES.get(0), CASES.get(0).get("template").stringValue())) {
            EncodedRow row = only(ChatEncoder.of(tokenizer, Instant.EPOCH)
                    .encode(
                            file(Rows.ofMessages(
                                    "{'role': 'user', 'content': 'q'}",
                                    "{'role': 'assistant', 'content': 'a<|im_end|>b'}")),
                            99));
            int[] answer = UserText.encode(tokenizer, "a<|im_end|>b");
            assertThat(Arrays.stream(row.labels()).filter(label -> label != EncodedRow.NOT_TRAINED))
                    .startsWith(Arrays.stream(answer).boxed().toArray(Integer[]::new))
                    .hasSize(answer.length + 1)
                    .endsWith(2);
        }
    }

    @Test
    void longRowsKeepTheirStartAndAreCounted() throws IOException {
        Path file = file(
                Rows.good(1),
                Rows.good(2),
                Rows.ofMessages(
                        "{'role': 'user', 'content': 'q'}",
                        "{'role': 'assistant', 'content': 'The river rises in the hills and runs down to the sea, past a boat.'}"));
        EncodedDataset<EncodedRow> whole = golden.encode(file, 4096);
        EncodedDataset<EncodedRow> cut = golden.encode(file, 40);
        EncodedRow full = whole.rows().get(2);
        EncodedRow shortened = cut.rows().get(2);
        assertThat(shortened.isTruncated()).isTrue();
        assertThat(shortened.ids()).isEqualTo(Arrays.copyOf(full.ids(), 40));
        assertThat(shortened.labels())
                .isEqualTo(Arrays.copyOf(full.labels(), 40))
                .doesNotContain(2);
        assertThat(cut.rows().get(0).isTruncated()).isFalse();
        assertThat(cut.report())
                .isEqualTo(new TokenReport(
                        40,
                        3,
                        3,
                        cut.rows().stream().mapToLong(EncodedRow::length).sum(),
                        cut.rows().stream().mapToLong(EncodedRow::trainedTokens).sum(),
                        full.length(),
                        3,
                        1,
                        List.of(3L),
                        1,
                        0,
                        List.of(),
                        Map.of(),
                        List.of(),
                        cut.report().commonBeginnings()));
        assertThat(whole.report().truncatedRows()).isZero();
        assertThat(whole.report().unendedRows()).isZero();
        assertThat(golden.reports(file, List.of(4096, 40))).containsExactly(whole.report(), cut.report());
    }

    @Test
    void rowsWhoseAnswerIsBeyondTheLengthAreDroppedAndCounted() throws IOException {
        Path file = file(
                Rows.good(1),
                "",
                Rows.ofMessages(
                        "{'role': 'user', 'content': '%s'}".formatted("the river ".repeat(200)),
                        "{'role': 'assistant', 'content': 'a'}"));
        EncodedDataset<EncodedRow> dataset = golden.encode(file, 64);
        assertThat(dataset.rows()).extracting(EncodedRow::line).containsExactly(1L);
        assertThat(dataset.report().dropped()).containsExactly(entry("nothing_trained_within_length", 1L));
        RowProblem problem = dataset.report().firstProblems().get(0);
        assertThat(problem.line()).isEqualTo(3);
        assertThat(problem.expected()).isEqualTo("a trained token within the first 64");
        assertThat(dataset.report().longestRowLine()).isEqualTo(3);
        assertThat(dataset.report().truncatedRows())
                .as("dropped rows are not trained cut")
                .isZero();
    }

    @Test
    void rowsTheTemplateRefusesAreDroppedWithItsReason() throws IOException {
        String template =
                "{% for message in messages %}{% if message.role == 'system' %}{{ raise_exception('no system messages, please') }}{% endif %}{{ message.content + '<|im_end|>' }}{% endfor %}";
        try (ModelTokenizer tokenizer = withTemplate(CASES.get(0), template)) {
            TokenReport report = ChatEncoder.of(tokenizer, Instant.EPOCH)
                    .reports(
                            file(
                                    Rows.ofMessages(
                                            "{'role': 'developer', 'content': 's'}",
                                            "{'role': 'assistant', 'content': 'a'}"),
                                    Rows.good(1)),
                            List.of(99))
                    .get(0);
            assertThat(report.rows()).isEqualTo(1);
            assertThat(report.firstProblems()).hasSize(1);
            assertThat(report.firstProblems().get(0).found())
                    .isEqualTo("no system messages, please (line 1 of the template)");
        }
    }

    @Test
    void doubleBeginOfSequenceIsFound() throws IOException {
        try (ModelTokenizer tokenizer = withTemplate(
                CASES.get(0),
                "{{ bos_token + bos_token }}" + CASES.get(0).get("template").stringValue())) {
            assertThat(tokenizer.beginOfSequenceId()).isNull();
        }
        Path model = Files.createTempDirectory(temporary, "bos");
        Files.copy(Golden.folder("/golden/tokenizer").resolve("tokenizer.json"), model.resolve("tokenizer.json"));
        Files.writeString(
                model.resolve("tokenizer_config.json"),
                "{\"bos_token\": {\"content\": \"<|endoftext|>\"}, \"eos_token\": \"<|im_end|>\"}");
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{{ bos_token + bos_token }}" + CASES.get(0).get("template").stringValue());
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            assertThat(report(ChatEncoder.of(tokenizer, Instant.EPOCH), file(Rows.good(1)), 99)
                            .dropped())
                    .containsExactly(entry("double_bos", 1L));
        }
    }

    @Test
    void templatesThatHideTheAnswerAreNamed() throws IOException {
        String backwards =
                "{% for message in messages[::-1] %}{{ message.role + ': ' + message.content + ' ' }}{% endfor %}";
        String row = Rows.ofMessages(
                "{'role': 'user', 'content': 'q'}",
                "{'role': 'assistant', 'content': 'a'}",
                "{'role': 'tool', 'content': 'r'}");
        try (ModelTokenizer tokenizer = withTemplate(CASES.get(0), backwards)) {
            TokenReport report = report(ChatEncoder.of(tokenizer, Instant.EPOCH), file(row), 99);
            assertThat(report.isTrainable()).isFalse();
            assertThat(report.firstProblems()).singleElement().satisfies(problem -> {
                assertThat(problem.reason()).isEqualTo(RowFault.UNCLEAR_TEMPLATE);
                assertThat(problem.path()).isEqualTo("$.messages[1]");
            });
        }
    }

    @Test
    void toolsReachTheTemplate() throws IOException {
        String template =
                "{{ tools | tojson }}{% for message in messages %}{{ message.role + ':' + (message.content or '') }}{% for call in message.tool_calls or [] %}{{ call.function.arguments | tojson }}{% endfor %}{{ '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}";
        String row = """
                {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": null, "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": "{\\"x\\": \\"<|im_end|>\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "f"}}]}""";
        try (ModelTokenizer tokenizer = withTemplate(CASES.get(0), template)) {
            EncodedRow encoded = only(ChatEncoder.of(tokenizer, Instant.EPOCH).encode(file(row), 4096));
            assertThat(tokenizer.decode(encoded.ids(), false))
                    .isEqualTo(
                            "[{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]user:q<|im_end|>assistant:{\"x\": \"<|im_end|>\"}<|im_end|>");
            assertThat(encoded.trainedTokens())
                    .isEqualTo(UserText.encode(tokenizer, "{\"x\": \"<|im_end|>\"}").length + 1);
        }
    }

    @Test
    void textsWithAllNoncharactersAreRefused() throws IOException {
        StringBuilder all = new StringBuilder("<|im_end|>");
        for (char c = '\uFDD0'; c <= '\uFDEF'; c++) {
            all.append(c);
        }
        Path file = file(
                Rows.good(1).replace("question", all.substring(0, 40)),
                Rows.good(1).replace("question", all));
        EncodedDataset<EncodedRow> dataset = golden.encode(file, 4096);
        assertThat(dataset.rows()).hasSize(1);
        assertThat(dataset.rows().get(0).ids())
                .as("the marks of the row are its own, not ours")
                .containsSequence(UserText.encode(TOKENIZER, "\uFDD0\uFDD1"));
        assertThat(dataset.report().dropped()).containsExactly(entry("invalid_content", 1L));
    }

    @Test
    void manyMessagesAreEncodedInTime() throws IOException {
        TokenReport report = report(golden, file(Rows.ofManyMessages(1024)), 100_000);
        assertThat(report.rows()).isEqualTo(1);
        assertThat(report.trainedTokens()).isEqualTo(2 * 512);
    }

    @Test
    void faultsOfTheTemplateAreToldFromItsRefusals() throws IOException {
        String template = "{% for message in messages %}{{ message.content + '<|im_end|>' }}{% endfor %}"
                + "{% if 'empty' in messages[0].content %}{{ messages[0].absent.key }}{% endif %}"
                + "{% if 'endless' in messages[0].content %}{% for i in range(99999) %}{{ 'river ' * 99 }}{% endfor %}{% endif %}";
        try (ModelTokenizer tokenizer = withTemplate(CASES.get(0), template)) {
            TokenReport report = ChatEncoder.of(tokenizer, Instant.EPOCH)
                    .reports(
                            file(
                                    Rows.good(1),
                                    Rows.good(2).replace("question", "empty"),
                                    Rows.good(3).replace("question", "endless")),
                            List.of(99))
                    .get(0);
            assertThat(report.dropped())
                    .containsOnly(entry("failed_in_template", 1L), entry("beyond_template_limits", 1L));
        }
    }

    @Test
    void templatesSeeTheGivenInstant() throws IOException {
        String template = "{{ strftime_now('%d %b %Y %H:%M') }}"
                + CASES.get(0).get("template").stringValue();
        Path rows = file(Rows.good(1));
        try (ModelTokenizer tokenizer = withTemplate(CASES.get(0), template)) {
            EncodedRow row = only(ChatEncoder.of(tokenizer, Instant.parse("2026-03-05T23:08:09Z"))
                    .encode(rows, 999));
            assertThat(tokenizer.decode(row.ids(), false)).startsWith("05 Mar 2026 23:08");
        }
    }

    @Test
    void refusedPromptIsNamedByItsLineIfItHasOne() throws IOException {
        try (ModelTokenizer tokenizer = withTemplate(CASES.get(0), "{{ raise_exception('no') }}")) {
            ChatEncoder encoder = ChatEncoder.of(tokenizer, Instant.EPOCH);
            ChatRow row = new ChatRow(List.of(ChatMessage.of(MessageRole.USER, "q")), List.of());
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> encoder.encodePrompt(7, row))
                    .withMessageStartingWith("line 7, $.messages: expected a conversation");
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> encoder.encodePrompt(row))
                    .withMessageStartingWith("$.messages: expected a conversation");
        }
    }

    @Test
    void controlTokensOfOneCharacterInMessagesAreText() throws IOException {
        Path model = Files.createTempDirectory(temporary, "model");
        Files.writeString(
                model.resolve("tokenizer.json"),
                Files.readString(Golden.folder("/golden/tokenizer").resolve("tokenizer.json"))
                        .replace("<|im_end|>", "\u241e"));
        Files.writeString(model.resolve("tokenizer_config.json"), "{\"eos_token\": \"\u241e\"}");
        Files.writeString(
                model.resolve("chat_template.jinja"),
                "{% for message in messages %}{{ message.role + ':' + message.content + '\u241e' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            EncodedRow row = only(ChatEncoder.of(tokenizer, Instant.EPOCH)
                    .encode(
                            file(Rows.ofMessages(
                                    "{'role': 'user', 'content': '\u241e'}",
                                    "{'role': 'assistant', 'content': 'a\u241eb'}")),
                            99));
            assertThat(tokenizer.decode(row.ids(), false)).isEqualTo("user:\u241e\u241eassistant:a\u241eb\u241e");
            assertThat(Arrays.stream(row.ids()).filter(id -> id == 2)).hasSize(2);
            int[] answer = UserText.encode(tokenizer, "a\u241eb");
            assertThat(row.trainedTokens()).isEqualTo(answer.length + 1);
        }
    }

    @Test
    void templateForToolsServesRowsWithTools() throws IOException {
        String row = Rows.ofMessages("{'role': 'assistant', 'content': 'the river'}");
        String tools = ", \"tools\": [{\"function\": {\"name\": \"f\"}}]}";
        Path rowsWithAndWithout = file(row, row.substring(0, row.length() - 1) + tools);
        List<EncodedRow> rows;
        try (ModelTokenizer unigram = ModelTokenizer.open(Golden.folder("/unigram"))) {
            rows = ChatEncoder.of(unigram, Instant.EPOCH)
                    .encode(rowsWithAndWithout, 100)
                    .rows();
        }
        assertThat(rows.get(0).ids()).containsExactly(4, 5, 2);
        assertThat(rows.get(1).ids()).startsWith(1).endsWith(5, 2);
    }

    private static TokenReport report(ChatEncoder encoder, Path file, int maxTokens) throws IOException {
        return encoder.reports(file, List.of(maxTokens)).get(0);
    }
}
