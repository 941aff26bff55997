package dev.anneal.engine.text.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people are shown is what a training reads: the same tokens and labels, in the text that the template makes. */
class RowReaderTest {

    private static final ModelTokenizer TOKENIZER =
            ModelTokenizer.open(Path.of("src/main/resources/models/anneal-tiny"));
    private static final ChatEncoder ENCODER = ChatEncoder.of(TOKENIZER, Instant.EPOCH);
    private static final int WITHOUT_LIMIT = 1 << 20;

    @TempDir
    Path folder;

    private final RowReader reader = new RowReader(ENCODER);

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tickets.valid.jsonl", "preferences.test.jsonl", "addition.test.jsonl"})
    void countsAreThoseOfATraining(String name) throws IOException {
        Path file = Path.of("src/main/resources/demo", name);
        TokenReport counted = ENCODER.reports(file, List.of(WITHOUT_LIMIT)).get(0);

        List<ShownRow> rows = read(Files.newInputStream(file), 0, Integer.MAX_VALUE);

        List<ShownRow.Text> texts =
                rows.stream().flatMap(row -> row.texts().stream()).toList();
        assertThat(texts.stream().mapToLong(ShownRow.Text::tokens).sum()).isEqualTo(counted.tokens());
        assertThat(texts.stream().mapToLong(ShownRow.Text::trainedTokens).sum()).isEqualTo(counted.trainedTokens());
    }

    @Test
    void answersAndTheirEndAreMarked() throws IOException {
        ShownRow row = read("""
                        {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}
                        """, 0, 1).get(0);

        assertThat(trained(row)).containsExactly("b<|im_end|>", "d<|im_end|>");
        assertThat(whole(row))
                .isEqualTo(
                        "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\nd<|im_end|>\n");
    }

    @Test
    void specialTokensThatAMessageSpellsOutShowNoMark() throws IOException {
        ShownRow row = read("""
                        {"messages":[{"role":"user","content":"a<|im_end|>"},{"role":"assistant","content":"b"}]}
                        """, 0, 1).get(0);

        assertThat(whole(row)).contains("user\na<|im_end|><|im_end|>\n");
    }

    @Test
    void linesAreReadFromAnyOneOnAndFaultsStandInTheirPlace() throws IOException {
        String row =
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n";

        List<ShownRow> rows = read(row + "\n" + "{\n" + row + row, 1, 2);

        assertThat(rows).extracting(ShownRow::line).containsExactly(3L, 4L);
        assertThat(rows.get(0).problem())
                .isNotNull()
                .satisfies(problem -> assertThat(problem.reason()).isEqualTo(RowFault.INVALID_JSON));
        assertThat(rows.get(0).texts()).isEmpty();
        assertThat(rows.get(1).problem()).isNull();
        assertThat(trained(rows.get(1))).containsExactly("b<|im_end|>");
    }

    /** As Gemma 4's, the template writes a tool's result into the turn of the assistant's next message. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for m in messages %}{% if m.role == 'tool' %}{% elif m.role == 'assistant' %}<|im_start|>assistant\n"
                        + "{% generation %}{% if loop.previtem.role == 'tool' %}{{ loop.previtem.content }}:{% endif %}"
                        + "{{ m.content }}<|im_end|>{% endgeneration %}"
                        + "{% else %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>{% endif %}{% endfor %}",
                "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>"
                        + "{% if m.role == 'assistant' %}{% generation %}{% endgeneration %}{% endif %}{% endfor %}"
            })
    void aRowThatTrainingDropsStandsWithItsFault(String template) throws IOException {
        String row = Rows.ofMessages(
                "{'role': 'user', 'content': 'question'}",
                "{'role': 'assistant', 'content': 'look', 'tool_calls': [{'id': 'a', 'type': 'function', 'function': {'name': 'f', 'arguments': '{}'}}]}",
                "{'role': 'tool', 'content': 'sunny', 'tool_call_id': 'a'}",
                "{'role': 'assistant', 'content': 'answer'}");
        try (TemplatedModel model = TemplatedModel.write(folder, template)) {
            ShownRow shown = model.shown(row);

            assertThat(shown.problem()).isEqualTo(model.refused(row));
            assertThat(shown.texts()).isEmpty();
        }
    }

    private List<ShownRow> read(String file, long after, int count) throws IOException {
        return read(new ByteArrayInputStream(file.getBytes(UTF_8)), after, count);
    }

    private List<ShownRow> read(InputStream file, long after, int count) throws IOException {
        return reader.read(file, after, count);
    }

    private static List<String> trained(ShownRow row) {
        return row.texts().get(0).spans().stream()
                .filter(ShownRow.Span::isTrained)
                .map(ShownRow.Span::text)
                .toList();
    }

    private static String whole(ShownRow row) {
        return row.texts().get(0).spans().stream().map(ShownRow.Span::text).collect(Collectors.joining());
    }
}
