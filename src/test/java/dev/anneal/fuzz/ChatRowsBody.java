package dev.anneal.fuzz;

import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.EncodedPrompt;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.engine.text.rows.DatasetValidator;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;

/**
 * Rows are reported; what the report calls usable can be read again and encoded, every row of it kept or counted as
 * dropped.
 */
final class ChatRowsBody implements FuzzBody {

    private static final int MAX_LENGTH = 64;

    private final Path file;
    private final ModelTokenizer tokenizer;
    private final ChatEncoder encoder;

    ChatRowsBody(Path scratch) {
        file = scratch.resolve("rows.jsonl");
        tokenizer = ModelTokenizer.open(Golden.folder("/golden/models/llama-tied"));
        encoder = ChatEncoder.of(tokenizer, Instant.EPOCH);
    }

    @Override
    public void read(byte[] input) throws IOException {
        Files.write(file, input);
        ValidationReport report = DatasetValidator.validate(new ByteArrayInputStream(input));
        long dropped =
                report.dropped().values().stream().mapToLong(Long::longValue).sum();
        Assertions.assertThat(report.accepted() + dropped).isEqualTo(report.lines());
        Assertions.assertThat(report.toString().codePoints())
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (dropped == 0) {
            encode(report.accepted(), report.format());
        } else {
            Assertions.assertThatThrownBy(() -> DatasetFile.forEach(file, (line, row) -> {}))
                    .isInstanceOf(DataException.class);
        }
    }

    private void encode(long accepted, DatasetFormat format) throws IOException {
        AtomicLong rows = new AtomicLong();
        DatasetFile.forEach(file, (line, row) -> rows.incrementAndGet());
        Assertions.assertThat(rows.get()).isEqualTo(accepted);
        TokenReport report = encoder.reports(file, List.of(MAX_LENGTH)).get(0);
        long lost =
                report.dropped().values().stream().mapToLong(Long::longValue).sum();
        Assertions.assertThat(report.rows() + lost).isEqualTo(accepted);
        if (format == DatasetFormat.REINFORCEMENT) {
            List<EncodedPrompt> prompts =
                    encoder.encodePrompts(file, MAX_LENGTH).rows();
            Assertions.assertThat(prompts).hasSize(report.rows());
            prompts.forEach(prompt -> Assertions.assertThat(prompt.ids()).hasSizeLessThan(MAX_LENGTH));
        } else {
            List<EncodedRow> encoded = encoder.encode(file, MAX_LENGTH).rows();
            Assertions.assertThat(encoded)
                    .hasSize(format == DatasetFormat.PREFERENCE ? 2 * report.rows() : report.rows());
            encoded.forEach(ChatRowsBody::requireSound);
        }
    }

    private static void requireSound(EncodedRow row) {
        Assertions.assertThat(row.length()).isBetween(2, MAX_LENGTH);
        Assertions.assertThat(row.trainedTokens()).isPositive();
        int[] ids = row.ids();
        int[] labels = row.labels();
        Assertions.assertThat(IntStream.range(0, ids.length))
                .allMatch(i -> labels[i] == ids[i] || labels[i] == EncodedRow.NOT_TRAINED);
    }
}
