package dev.anneal.engine.text.tokens;

import dev.anneal.engine.format.json.JsonKinds;
import dev.anneal.engine.text.rows.DataException;
import dev.anneal.engine.text.rows.Excerpt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One pass over a tokenizer.json that keeps its vocabulary, and trees of everything small. */
final class VocabularyScan {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // parts of a document are read as trees
            .build();

    private final ModelFiles files;
    private final ObjectNode model = JSON.createObjectNode();
    private final Map<Integer, String> tokens = new LinkedHashMap<>();
    private final List<Vocabulary.Merge> merges = new ArrayList<>();
    private final Map<Integer, Double> scores = new LinkedHashMap<>();
    private final Map<String, JsonNode> parts = new LinkedHashMap<>();

    private VocabularyScan(ModelFiles files) {
        this.files = files;
    }

    /** @param json has a model, as {@link TokenizerContents} has seen */
    static VocabularyScan of(byte[] json, ModelFiles files) {
        VocabularyScan scan = new VocabularyScan(files);
        try (JsonParser in = JSON.createParser(json)) {
            in.nextToken();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = in.currentName();
                JsonToken value = in.nextToken();
                if (key.equals("model")) {
                    scan.readModel(in);
                } else if (key.equals("added_tokens") || value == JsonToken.VALUE_NULL) {
                    in.skipChildren();
                } else {
                    scan.parts.put(key, JSON.readTree(in));
                }
            }
        }
        return scan;
    }

    private void readModel(JsonParser in) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = in.currentName();
            JsonToken value = in.nextToken();
            if (key.equals("vocab") && value == JsonToken.START_OBJECT) {
                readVocabulary(in);
            } else if (key.equals("vocab") && value == JsonToken.START_ARRAY) {
                readScoredVocabulary(in);
            } else if (key.equals("merges") && value == JsonToken.START_ARRAY) {
                readMerges(in);
            } else {
                model.set(key, JSON.readTree(in));
            }
        }
    }

    private void readVocabulary(JsonParser in) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String text = in.currentName();
            in.nextToken();
            tokens.put(in.getIntValue(), text);
        }
    }

    private void readScoredVocabulary(JsonParser in) {
        for (int id = 0; in.nextToken() == JsonToken.START_ARRAY; id++) {
            in.nextToken();
            tokens.put(id, in.getString());
            in.nextToken();
            scores.put(id, in.getDoubleValue());
            in.nextToken();
        }
    }

    /** {@code ["a", "b"]} as new files have them, or {@code "a b"}. */
    private void readMerges(JsonParser in) {
        for (JsonToken item = in.nextToken(); item != JsonToken.END_ARRAY; item = in.nextToken()) {
            if (item == JsonToken.START_ARRAY) {
                in.nextToken();
                String left = text(in);
                in.nextToken();
                merges.add(new Vocabulary.Merge(left, text(in)));
                in.nextToken();
            } else {
                String pair = text(in);
                int space = pair.indexOf(' ');
                if (space < 0) {
                    throw notTwoTokens("'" + Excerpt.shorten(pair) + "'");
                }
                merges.add(new Vocabulary.Merge(pair.substring(0, space), pair.substring(space + 1)));
            }
        }
    }

    private String text(JsonParser in) {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw notTwoTokens(JsonKinds.of(in.currentToken()));
        }
        return in.getString();
    }

    private DataException notTwoTokens(String found) {
        return files.unreadable(
                TokenizerFile.NAME,
                "is not a tokenizer: merge %d must be two tokens, found %s".formatted(merges.size() + 1, found),
                null);
    }

    JsonNode model() {
        return model;
    }

    Map<Integer, String> tokens() {
        return tokens;
    }

    List<Vocabulary.Merge> merges() {
        return merges;
    }

    Map<Integer, Double> scores() {
        return scores;
    }

    Map<String, JsonNode> parts() {
        return parts;
    }
}
