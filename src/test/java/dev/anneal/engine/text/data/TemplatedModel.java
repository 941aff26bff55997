package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The golden tokenizer with a chat template and the control tokens that it writes. */
final class TemplatedModel implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final ModelTokenizer tokenizer;

    private TemplatedModel(Path folder) {
        this.folder = folder;
        this.tokenizer = ModelTokenizer.open(folder);
    }

    /** @param special further special tokens; {@code <|im_end|>} alone is known to end a turn */
    static TemplatedModel write(Path parent, String template, String... special) throws IOException {
        Path folder = Files.createTempDirectory(parent, "model");
        JsonNode file = JSON.readTree(
                Golden.folder("/golden/tokenizer").resolve("tokenizer.json").toFile());
        ArrayNode added = (ArrayNode) file.get("added_tokens");
        int size = file.path("model").path("vocab").size();
        for (String text : special) {
            added.addObject()
                    .put("id", size++)
                    .put("content", text)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        Files.writeString(folder.resolve("tokenizer.json"), JSON.writeValueAsString(file));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<|endoftext|>\", \"eos_token\": \"<|im_end|>\"}");
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        return new TemplatedModel(folder);
    }

    EncodedDataset<EncodedRow> encode(String... rows) throws IOException {
        Path file = Files.write(folder.resolve("rows.jsonl"), List.of(rows));
        return ChatEncoder.of(tokenizer, Instant.EPOCH).encode(file, 4096);
    }

    /** The only row as people are shown it. */
    ShownRow shown(String row) throws IOException {
        InputStream file = new ByteArrayInputStream(row.getBytes(StandardCharsets.UTF_8));
        return new RowReader(ChatEncoder.of(tokenizer, Instant.EPOCH))
                .read(file, 0, 1)
                .get(0);
    }

    /** What is trained of a row, its stretches apart. */
    List<String> trained(EncodedRow row) {
        List<String> texts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= row.length(); i++) {
            boolean isTrained = i < row.length() && row.labels()[i] != EncodedRow.NOT_TRAINED;
            if (!isTrained && i > from) {
                texts.add(tokenizer.decode(Arrays.copyOfRange(row.ids(), from, i), false));
            }
            from = isTrained ? from : i + 1;
        }
        return texts;
    }

    /** What is trained of the only row. */
    List<String> trained(String row) throws IOException {
        EncodedDataset<EncodedRow> encoded = encode(row);
        if (encoded.rows().size() != 1) {
            throw new AssertionError(encoded.report().firstProblems().stream()
                    .map(Object::toString)
                    .collect(Collectors.joining("\n")));
        }
        return trained(encoded.rows().get(0));
    }

    /** All that a row reads. */
    String text(EncodedRow row) {
        return tokenizer.decode(row.ids(), false);
    }

    /** Why the only row is refused. */
    RowProblem refused(String row) throws IOException {
        EncodedDataset<EncodedRow> encoded = encode(row);
        if (!encoded.rows().isEmpty()) {
            throw new AssertionError("trained: " + trained(encoded.rows().get(0)));
        }
        return encoded.report().firstProblems().get(0);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
