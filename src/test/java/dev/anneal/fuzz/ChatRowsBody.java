package dev.anneal.fuzz;

import dev.anneal.engine.data.ChatEncoder;
import dev.anneal.engine.data.EncodedDataset;
import dev.anneal.engine.data.EncodedRow;
import dev.anneal.engine.rows.ChatFile;
import dev.anneal.engine.rows.DataException;
import dev.anneal.engine.rows.DatasetValidator;
import dev.anneal.engine.rows.ValidationReport;
import dev.anneal.engine.tokens.Golden;
import dev.anneal.engine.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;

/** Rows are reported; what the report calls usable can be read again and encoded, every row of it kept or counted as dropped. */
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
        ValidationReport report = DatasetValidator.validate(file);
        long dropped =
                report.dropped().values().stream().mapToLong(Long::longValue).sum();
        Assertions.assertThat(report.accepted() + dropped).isEqualTo(report.lines());
        Assertions.assertThat(report.toString().codePoints())
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (dropped == 0) {
            encode(report.accepted());
        } else {
            Assertions.assertThatThrownBy(() -> ChatFile.forEach(file, (line, row) -> {}))
                    .isInstanceOf(DataException.class);
        }
    }

    private void encode(long accepted) throws IOException {
        AtomicLong rows = new AtomicLong();
        ChatFile.forEach(file, (line, row) -> rows.incrementAndGet());
        Assertions.assertThat(rows.get()).isEqualTo(accepted);
        EncodedDataset encoded = encoder.encode(file, MAX_LENGTH);
        long lost = encoded.report().dropped().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        Assertions.assertThat(encoded.rows().size() + lost).isEqualTo(accepted);
        encoded.rows().forEach(ChatRowsBody::requireSound);
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
