package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.DatasetLimits;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes a file of conversations for other programs: {@code EncodingProcess ROWS MODEL…} prints a line of JSON for
 * each model and row, with its ids and labels, or with what it is refused for.
 */
final class EncodingProcess {

    private static final JsonMapper JSON = new JsonMapper();

    private EncodingProcess() {}

    public static void main(String[] arguments) throws IOException {
        Instant now = Instant.now();
        for (int i = 1; i < arguments.length; i++) {
            print(Path.of(arguments[0]), Path.of(arguments[i]), now);
        }
    }

    private static void print(Path rows, Path model, Instant now) throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(model)) {
            ChatEncoder encoder = ChatEncoder.of(tokenizer, now);
            DatasetFile.forEach(rows, (line, row) -> {
                Map<String, Object> answer = new LinkedHashMap<>(Map.of("model", model.toString(), "line", line));
                try {
                    TokenCounter count = new TokenCounter(DatasetLimits.LINE_BYTES);
                    RowEncoder conversations = encoder.encoder(row.conversation());
                    EncodedRow encoded = conversations
                            .tokenize(Place.ofLine(line), row.conversation(), List.of(count))
                            .cut(DatasetLimits.LINE_BYTES)
                            .row();
                    answer.put("ids", encoded.ids());
                    answer.put("labels", encoded.labels());
                } catch (RowRejectedException e) {
                    answer.put("problem", e.problem());
                }
                System.out.println(JSON.writeValueAsString(answer));
            });
        } catch (DataException e) {
            System.out.println(JSON.writeValueAsString(Map.of("model", model.toString(), "error", e.getMessage())));
        }
    }
}
