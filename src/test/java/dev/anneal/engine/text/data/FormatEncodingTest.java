package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairs become two rows beside each other, prompts become ids that ask; both are counted as they are trained. */
class FormatEncodingTest {

    private static final ModelTokenizer TOKENIZER = ModelTokenizer.open(Golden.folder("/golden/tokenizer"));
    private static final ChatEncoder ENCODER = ChatEncoder.of(TOKENIZER, Instant.EPOCH);
    private static final String LONG = "the river ".repeat(100);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("rows.jsonl"), List.of(lines));
    }

    private static String trainedText(EncodedRow row) {
        return TOKENIZER.decode(
                Arrays.stream(row.labels())
                        .filter(label -> label != EncodedRow.NOT_TRAINED)
                        .toArray(),
                false);
    }

    @Test
    void pairsAreTwoRowsThatShareTheirPrompt() throws IOException {
        Path file = file(Rows.pair("good", "not good"), Rows.pair("a", "b"));
        EncodedDataset<EncodedRow> dataset = ENCODER.encode(file, 99);

        assertThat(dataset.rows()).extracting(EncodedRow::line).containsExactly(1L, 1L, 2L, 2L);
        assertThat(dataset.rows())
                .extracting(FormatEncodingTest::trainedText)
                .containsExactly("good<|im_end|>", "not good<|im_end|>", "a<|im_end|>", "b<|im_end|>");
        TokenReport report = dataset.report();
        assertThat(report.rows()).isEqualTo(2);
        assertThat(report.tokens())
                .isEqualTo(dataset.rows().stream().mapToLong(EncodedRow::length).sum());
        assertThat(report.trainedTokens())
                .isEqualTo(dataset.rows().stream()
                        .mapToLong(EncodedRow::trainedTokens)
                        .sum());
        assertThat(ENCODER.reports(file, List.of(99)).get(0)).isEqualTo(report);
    }

    @Test
    void pairIsCutOrDroppedAsAWhole() throws IOException {
        String hopeless = Rows.pair("good", "bad").replace("question", LONG);
        EncodedDataset<EncodedRow> dataset =
                ENCODER.encode(file(Rows.pair("good", LONG), hopeless, Rows.pair("a", "b")), 64);

        assertThat(dataset.rows()).extracting(EncodedRow::line).containsExactly(1L, 1L, 3L, 3L);
        assertThat(dataset.rows().get(1).isTruncated()).isTrue();
        TokenReport report = dataset.report();
        assertThat(report.truncatedRows()).isEqualTo(1);
        assertThat(report.firstTruncatedLines()).containsExactly(1L);
        assertThat(report.unendedRows()).isEqualTo(1);
        assertThat(report.dropped()).containsExactly(entry("nothing_trained_within_length", 1L));
        assertThat(report.firstProblems().get(0).path()).isEqualTo("$.preferred_output");
    }

    @Test
    void rowsAreCountedForSeveralLengthsAsForEachAlone() throws IOException {
        String hopeless = Rows.pair("good", "bad").replace("question", LONG);
        for (Path file : List.of(
                file(Rows.pair("good", LONG), hopeless, Rows.pair("a", "b")),
                file(Rows.prompt("a"), Rows.prompt(LONG)))) {
            assertThat(ENCODER.reports(file, List.of(64, 16, 4096)))
                    .containsExactly(
                            ENCODER.reports(file, List.of(64)).get(0),
                            ENCODER.reports(file, List.of(16)).get(0),
                            ENCODER.reports(file, List.of(4096)).get(0));
        }
    }

    @Test
    void promptsAskForAnAnswerAndKeepTheirItem() throws IOException {
        Path file = file(Rows.prompt("a"), Rows.prompt(LONG), Rows.prompt("b"));
        EncodedDataset<EncodedPrompt> encoded = ENCODER.encodePrompts(file, 64);

        assertThat(encoded.rows()).extracting(EncodedPrompt::line).containsExactly(1L, 3L);
        EncodedPrompt first = encoded.rows().get(0);
        assertThat(TOKENIZER.decode(first.ids(), false)).contains("a<|im_end|>").endsWith("<|im_start|>assistant\n");
        assertThat(first.item().get("answer")).isEqualTo("a");
        TokenReport report = encoded.report();
        assertThat(report.rows()).isEqualTo(2);
        assertThat(report.trainedTokens()).isZero();
        assertThat(report.dropped()).containsExactly(entry("prompt_too_long", 1L));
        assertThat(report.longestRowLine()).isEqualTo(2);
        assertThat(ENCODER.reports(file, List.of(64)).get(0)).isEqualTo(report);
    }

    @Test
    void allOfAConversationInWhichTheUserHasTheLastWordAsks() throws IOException {
        String turns = Rows.ofMessages(
                "{'role': 'user', 'content': 'one'}",
                "{'role': 'assistant', 'content': 'two'}",
                "{'role': 'user', 'content': 'three'}");
        EncodedPrompt prompt = ENCODER.encodePrompts(file(turns), 99).rows().get(0);
        assertThat(TOKENIZER.decode(prompt.ids(), false)).contains("one", "two", "three");
    }

    @Test
    void encodersOfOtherRowsRefuse() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ENCODER.encode(file(Rows.prompt("a")), 64))
                .withMessage("line 1: expected answers to learn from, found a prompt alone");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> ENCODER.encodePrompts(file(Rows.pair("a", "b")), 64))
                .withMessage("line 1: expected a prompt, found an answer as well");
    }
}
