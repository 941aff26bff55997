package dev.anneal.engine.text.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.format.json.JsonFault;
import dev.anneal.engine.format.json.JsonKinds;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Excerpt;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tokenizer.json, read and rewritten as a stream: its vocabulary may have hundreds of thousands of entries, too many
 * for a tree.
 */
final class TokenizerFile {
    /** Maximum size; large multilingual tokenizers have about 35 MB. */
    static final long BYTES = 128L << 20;

    static final String NAME = "tokenizer.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // parts of a document are read as trees
            .build();

    private final ModelFiles files;
    private final VocabularyBounds bounds;
    private final boolean keepsAll;
    private final byte[] json;
    private final List<AddedToken> addedTokens = new ArrayList<>();

    /** Texts of added tokens without a row in the embedding, which stay text. */
    private final Set<String> withoutRow = new HashSet<>();

    private final Map<Integer, String> vocabulary = new LinkedHashMap<>();
    private final List<Vocabulary.Merge> merges = new ArrayList<>();
    private final Map<String, JsonNode> parts = new LinkedHashMap<>();
    private @Nullable ObjectNode model;

    private TokenizerFile(ModelFiles files, VocabularyBounds bounds, boolean keepsAll) {
        this.files = files;
        this.bounds = bounds;
        this.keepsAll = keepsAll;
        this.json = files.bytes(NAME, BYTES);
    }

    /**
     * Reads the file of a model.
     *
     * @param keepsAll whether to keep everything for {@link #vocabulary}; otherwise only tokens, at most as many as the
     *     embedding has rows
     */
    static TokenizerFile read(ModelFiles files, SpecialTokens special, boolean keepsAll) {
        VocabularyBounds bounds = new VocabularyBounds(files, special.vocabularySize());
        TokenizerFile file = new TokenizerFile(files, bounds, keepsAll);
        try (JsonParser in = JSON.createParser(file.json)) {
            file.read(in, special);
        } catch (JacksonException e) {
            throw files.unreadable(NAME, "is not a tokenizer: it holds " + JsonFault.of(e), e);
        }
        if (file.model == null) {
            throw files.unreadable(NAME, "is not a tokenizer: it must hold one JSON object with a model", null);
        }
        file.addConfigured(special);
        file.addedTokens.forEach(token -> bounds.checkToken(token.text(), token.id()));
        special.endIds().forEach(bounds::checkEnd);
        return file;
    }

    private void read(JsonParser in, SpecialTokens special) {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = in.currentName();
            JsonToken value = in.nextToken();
            if (key.equals("model") && value == JsonToken.START_OBJECT) {
                readModel(in);
            } else if (key.equals("added_tokens")) {
                readAdded(JSON.readTree(in), special);
            } else if (!keepsAll) {
                in.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                parts.put(key, JSON.readTree(in));
            }
        }
    }

    private void readAdded(JsonNode tokens, SpecialTokens special) {
        for (JsonNode token : tokens.values()) {
            String text = token.path("content").asString("");
            int id = token.path("id").asInt(-1);
            // Such as Gemma's <image_soft_token> in a model without images.
            if (bounds.isBeyond(id) && !special.named().containsValue(text)) {
                withoutRow.add(text);
                continue;
            }
            addedTokens.add(new AddedToken(
                    id,
                    text,
                    token.path("special").asBoolean(false) || special.texts().contains(text),
                    token.path("normalized").asBoolean(false),
                    token.path("single_word").asBoolean(false),
                    token.path("lstrip").asBoolean(false),
                    token.path("rstrip").asBoolean(false)));
        }
    }

    private void readModel(JsonParser in) {
        ObjectNode rest = JSON.createObjectNode();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = in.currentName();
            JsonToken value = in.nextToken();
            if (key.equals("vocab") && value == JsonToken.START_OBJECT) {
                readVocabulary(in);
            } else if (key.equals("vocab") && value == JsonToken.START_ARRAY) {
                readScoredVocabulary(in);
            } else if (key.equals("merges") && value == JsonToken.START_ARRAY) {
                readMerges(in);
            } else if (keepsAll) {
                rest.set(key, JSON.readTree(in));
            } else {
                in.skipChildren();
            }
        }
        model = rest;
    }

    private void readVocabulary(JsonParser in) {
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            String text = in.currentName();
            in.nextToken();
            addToken(in.getIntValue(), text);
        }
    }

    private void addToken(int id, String text) {
        if (withoutRow.contains(text)) {
            return;
        }
        bounds.checkToken(text, id);
        vocabulary.put(id, text);
    }

    /** In a Unigram vocabulary the index of a token is its id. */
    private void readScoredVocabulary(JsonParser in) {
        for (int id = 0; in.nextToken() == JsonToken.START_ARRAY; id++) {
            in.nextToken();
            addToken(id, in.getString());
            in.nextToken();
            in.getDoubleValue(); // refused unless it is a number
            in.nextToken();
        }
    }

    /** {@code ["a", "b"]} in newer files, or {@code "a b"}. */
    private void readMerges(JsonParser in) {
        if (!keepsAll) {
            in.skipChildren();
            return;
        }
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
        String problem =
                "is not a tokenizer: merge %d must be two tokens, found %s".formatted(merges.size() + 1, found);
        return files.unreadable(NAME, problem, null);
    }

    /**
     * Like transformers, takes special tokens of the configuration from the vocabulary if tokenizer.json does not
     * declare them.
     */
    private void addConfigured(SpecialTokens special) {
        Map<String, Integer> undeclared = new HashMap<>();
        vocabulary.forEach((id, text) -> {
            if (special.texts().contains(text)) {
                undeclared.put(text, id);
            }
        });
        List<String> declared = addedTokens.stream().map(AddedToken::text).toList();
        for (String text : special.texts()) {
            if (declared.contains(text) || withoutRow.contains(text)) {
                continue;
            }
            @Nullable Integer id = undeclared.get(text);
            if (id == null) {
                String problem = "does not hold the special token '%s' that tokenizer_config.json names";
                throw files.unreadable(NAME, problem.formatted(Excerpt.shorten(text)), null);
            }
            addedTokens.add(new AddedToken(id, text, true, false, false, false, false));
        }
    }

    /** Declared added tokens, and special tokens of the configuration. */
    List<AddedToken> addedTokens() {
        return addedTokens;
    }

    /** Ids of the special tokens by their texts. */
    Map<String, Integer> specialIds() {
        Map<String, Integer> ids = new HashMap<>();
        addedTokens.stream().filter(AddedToken::isSpecial).forEach(token -> ids.put(token.text(), token.id()));
        return ids;
    }

    /** Hash of all tokens with their ids, in any order in the file. */
    String tokensHash() {
        Map<Integer, String> sorted = new TreeMap<>(vocabulary);
        addedTokens.forEach(token -> sorted.put(token.id(), token.text()));
        MessageDigest digest = Sha256.newDigest();
        sorted.forEach((id, text) -> {
            byte[] bytes = text.getBytes(UTF_8);
            digest.update(ByteBuffer.allocate(2 * Integer.BYTES)
                    .putInt(id)
                    .putInt(bytes.length)
                    .array());
            digest.update(bytes);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The file's content as a {@link Vocabulary}. */
    Vocabulary vocabulary(SpecialTokens special) {
        Map<Integer, String> tokens = new HashMap<>(vocabulary);
        addedTokens.forEach(token -> tokens.put(token.id(), token.text()));
        Map<String, Integer> ids = specialIds();
        Map<String, Integer> named = new LinkedHashMap<>();
        special.named().forEach((name, text) -> {
            @Nullable Integer id = ids.get(text);
            if (id != null) {
                named.put(name, id);
            }
        });
        return new Vocabulary(
                model == null ? JSON.createObjectNode() : model,
                tokens,
                merges,
                addedTokens,
                named,
                parts,
                ChatTemplates.sources(files),
                files.optionalJson("tokenizer_config.json"));
    }

    /**
     * The tokenizer with other names for some of its tokens. Truncation, padding and post-processing are removed: the
     * encoder limits lengths itself, and trimmed offsets would hide white space from the label mask.
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
            // A special token must be matched wherever its name occurs, or the name would become text.
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
            in.nextToken();
            if (key.equals("vocab") || key.equals("unk_token")) {
                copyRenamed(in, to, names);
            } else {
                to.copyCurrentStructure(in);
            }
        }
        to.writeEndObject();
    }

    /**
     * Copies one token, or a vocabulary: {@code {"token": id, …}} of BPE, WordPiece and WordLevel,
     * {@code [["token", score], …]} of Unigram.
     */
    private static void copyRenamed(JsonParser in, JsonGenerator to, Map<String, String> names) {
        int depth = 0;
        do {
            JsonToken token = in.currentToken();
            if (token == JsonToken.PROPERTY_NAME) {
                to.writeName(names.getOrDefault(in.currentName(), in.currentName()));
            } else if (token == JsonToken.VALUE_STRING) {
                to.writeString(names.getOrDefault(in.getString(), in.getString()));
            } else {
                to.copyCurrentEvent(in);
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        } while (depth > 0 && in.nextToken() != null);
    }
}
