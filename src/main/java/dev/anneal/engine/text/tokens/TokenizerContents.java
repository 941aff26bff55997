package dev.anneal.engine.text.tokens;

import dev.anneal.engine.text.rows.Excerpt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What one pass over a tokenizer.json finds. No tree is built of its vocabulary. */
final class TokenizerContents {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // parts of a document are read as trees
            .build();

    private final List<AddedToken> declared = new ArrayList<>();
    private final Map<String, Integer> specialInVocabulary = new HashMap<>();
    private int lowestId;
    private String lowestToken = "";
    private int highestId = -1;
    private String highestToken = "";
    private boolean hasModel;

    static TokenizerContents scan(byte[] json, SpecialTokens special) {
        TokenizerContents contents = new TokenizerContents();
        try (JsonParser in = JSON.createParser(json)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                return contents;
            }
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = in.currentName();
                in.nextToken();
                switch (key) {
                    case "added_tokens" -> contents.scanAdded(JSON.readTree(in), special);
                    case "model" -> contents.scanModel(in, special);
                    default -> in.skipChildren();
                }
            }
        }
        return contents;
    }

    private void scanAdded(JsonNode tokens, SpecialTokens special) {
        for (JsonNode token : tokens.values()) {
            String text = token.path("content").asString("");
            declared.add(new AddedToken(
                    token.path("id").asInt(-1),
                    text,
                    token.path("special").asBoolean(false) || special.texts().contains(text),
                    token.path("normalized").asBoolean(false),
                    token.path("single_word").asBoolean(false),
                    token.path("lstrip").asBoolean(false),
                    token.path("rstrip").asBoolean(false)));
        }
    }

    private void scanModel(JsonParser in, SpecialTokens special) {
        hasModel = in.currentToken() == JsonToken.START_OBJECT;
        if (!hasModel) {
            in.skipChildren();
            return;
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean vocabulary = in.currentName().equals("vocab");
            JsonToken value = in.nextToken();
            if (vocabulary && value == JsonToken.START_OBJECT) {
                scanVocabulary(in, special);
            } else if (vocabulary && value == JsonToken.START_ARRAY) {
                scanScoredVocabulary(in, special);
            } else {
                in.skipChildren();
            }
        }
    }

    private void scanVocabulary(JsonParser in, SpecialTokens special) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String text = in.currentName();
            in.nextToken();
            inVocabulary(text, in.getIntValue(), special);
        }
    }

    /** In a Unigram vocabulary the place of a token is its id. */
    private void scanScoredVocabulary(JsonParser in, SpecialTokens special) {
        for (int id = 0; in.nextToken() == JsonToken.START_ARRAY; id++) {
            in.nextToken();
            inVocabulary(in.getString(), id, special);
            in.nextToken();
            in.nextToken();
        }
    }

    private void inVocabulary(String text, int id, SpecialTokens special) {
        if (id < lowestId) {
            lowestId = id;
            lowestToken = text;
        }
        if (id > highestId) {
            highestId = id;
            highestToken = text;
        }
        if (special.texts().contains(text)) {
            specialInVocabulary.put(text, id);
        }
    }

    boolean hasModel() {
        return hasModel;
    }

    /** Lowest id of the vocabulary, or 0. */
    int lowestId() {
        return lowestId;
    }

    /** The token of {@link #lowestId}, if that is negative. */
    String lowestToken() {
        return lowestToken;
    }

    /** Highest id of the vocabulary, added tokens left out; -1 if that is empty. */
    int highestId() {
        return highestId;
    }

    /** The token of {@link #highestId}. */
    String highestToken() {
        return highestToken;
    }

    /** As transformers does, takes special tokens of the configuration from the vocabulary if tokenizer.json does not declare them. */
    List<AddedToken> allTokens(ModelFiles files, SpecialTokens special) {
        List<AddedToken> all = new ArrayList<>(declared);
        for (String text : special.texts()) {
            if (declared.stream().anyMatch(token -> token.text().equals(text))) {
                continue;
            }
            @Nullable Integer id = specialInVocabulary.get(text);
            if (id == null) {
                throw files.unreadable(
                        TokenizerFile.NAME,
                        "does not hold the special token '%s' that tokenizer_config.json names"
                                .formatted(Excerpt.shorten(text)),
                        null);
            }
            all.add(new AddedToken(id, text, true, false, false, false, false));
        }
        return List.copyOf(all);
    }
}
