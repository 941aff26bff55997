package dev.anneal.engine.text.tokens;

import dev.anneal.engine.format.json.JsonFault;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * A tokenizer.json, read and rewritten as a stream: its vocabulary may have hundreds of thousands of entries, of which no tree is built.
 */
final class TokenizerFile {

    /** Large multilingual tokenizers have about 35 MB. */
    static final long BYTES = 128L << 20;

    static final String NAME = "tokenizer.json";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final byte[] json;
    private final List<AddedToken> addedTokens;

    private TokenizerFile(byte[] json, List<AddedToken> addedTokens) {
        this.json = json;
        this.addedTokens = addedTokens;
    }

    static TokenizerFile read(ModelFiles files, SpecialTokens special) {
        byte[] json = files.bytes(NAME, BYTES);
        try {
            TokenizerContents contents = TokenizerContents.scan(json, special);
            if (!contents.hasModel()) {
                throw files.unreadable(NAME, "is not a tokenizer: it must hold one JSON object with a model", null);
            }
            List<AddedToken> addedTokens = contents.allTokens(files, special);
            new VocabularyBounds(files, special.vocabularySize()).check(contents, addedTokens, special.endIds());
            return new TokenizerFile(json, addedTokens);
        } catch (JacksonException e) {
            throw files.unreadable(NAME, "is not a tokenizer: it holds " + JsonFault.of(e), e);
        }
    }

    /** The tokens it declares and those that the configuration declares special. */
    List<AddedToken> addedTokens() {
        return addedTokens;
    }

    /** Ids of the special tokens by their texts. */
    Map<String, Integer> specialIds() {
        Map<String, Integer> ids = new HashMap<>();
        addedTokens.stream().filter(AddedToken::isSpecial).forEach(token -> ids.put(token.text(), token.id()));
        return ids;
    }

    /** Everything that is in the file. */
    VocabularyScan scan(ModelFiles files) {
        try {
            return VocabularyScan.of(json, files);
        } catch (JacksonException e) {
            throw files.unreadable(NAME, "is not a tokenizer: it holds " + JsonFault.of(e), e);
        }
    }

    /**
     * The same tokenizer with other names for some of its tokens. Truncation, padding and post-processing are left out: lengths are the encoder's business, and
     * trimmed offsets would hide white space from the label mask.
     */
    byte[] renamed(Map<String, String> names) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 4096);
        try (JsonParser in = JSON.createParser(json);
                JsonGenerator to = JSON.createGenerator(out)) {
            in.nextToken();
            to.writeStartObject();
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = in.currentName();
                to.writeName(key);
                in.nextToken();
                switch (key) {
                    case "truncation", "padding", "post_processor" -> {
                        in.skipChildren();
                        to.writeNull();
                    }
                    case "added_tokens" -> {
                        in.skipChildren();
                        writeAddedTokens(to, names);
                    }
                    case "model" -> copyModel(in, to, names);
                    default -> to.copyCurrentStructure(in);
                }
            }
            to.writeEndObject();
        }
        return out.toByteArray();
    }

    private void writeAddedTokens(JsonGenerator to, Map<String, String> names) {
        to.writeStartArray();
        for (AddedToken token : addedTokens) {
            to.writeStartObject();
            to.writeNumberProperty("id", token.id());
            to.writeStringProperty("content", names.getOrDefault(token.text(), token.text()));
            // A special token must be found wherever its name stands, or the name would become text.
            to.writeBooleanProperty("single_word", token.isWord() && !token.isSpecial());
            to.writeBooleanProperty("lstrip", token.takesSpaceBefore());
            to.writeBooleanProperty("rstrip", token.takesSpaceAfter());
            to.writeBooleanProperty("normalized", token.isNormalized());
            to.writeBooleanProperty("special", token.isSpecial());
            to.writeEndObject();
        }
        to.writeEndArray();
    }

    private static void copyModel(JsonParser in, JsonGenerator to, Map<String, String> names) {
        to.writeStartObject();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = in.currentName();
            to.writeName(key);
            JsonToken value = in.nextToken();
            if (key.equals("vocab") && value == JsonToken.START_OBJECT) {
                copyVocabulary(in, to, names);
            } else if (key.equals("vocab") && value == JsonToken.START_ARRAY) {
                copyScoredVocabulary(in, to, names);
            } else if (key.equals("unk_token") && value == JsonToken.VALUE_STRING) {
                to.writeString(names.getOrDefault(in.getString(), in.getString()));
            } else {
                to.copyCurrentStructure(in);
            }
        }
        to.writeEndObject();
    }

    /** {@code {"token": id, …}}: BPE, WordPiece, WordLevel. */
    private static void copyVocabulary(JsonParser in, JsonGenerator to, Map<String, String> names) {
        to.writeStartObject();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            to.writeName(names.getOrDefault(in.currentName(), in.currentName()));
            in.nextToken();
            to.copyCurrentStructure(in);
        }
        to.writeEndObject();
    }

    /** {@code [["token", score], …]}: Unigram. */
    private static void copyScoredVocabulary(JsonParser in, JsonGenerator to, Map<String, String> names) {
        to.writeStartArray();
        while (in.nextToken() == JsonToken.START_ARRAY) {
            to.writeStartArray();
            in.nextToken();
            to.writeString(names.getOrDefault(in.getString(), in.getString()));
            in.nextToken();
            to.copyCurrentStructure(in);
            in.nextToken();
            to.writeEndArray();
        }
        to.writeEndArray();
    }
}
