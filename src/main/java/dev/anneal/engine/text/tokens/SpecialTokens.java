package dev.anneal.engine.text.tokens;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Special tokens in a model's configuration, apart from tokenizer.json.
 *
 * @param named texts by their names in chat templates: {@code bos_token}, {@code eos_token} …, if the model has them
 * @param texts all texts that the configuration declares special
 * @param endIds ids that end a generation according to generation_config.json or config.json
 * @param vocabularySize {@code vocab_size} of config.json; the largest integer if it is missing and has no default
 */
record SpecialTokens(Map<String, String> named, Set<String> texts, Set<Integer> endIds, int vocabularySize) {

    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private static final String END = "eos_token_id";

    /** By {@code model_type}, transformers' {@code vocab_size} of families whose configurations leave it out. */
    private static final Map<String, Integer> USUAL_VOCABULARIES = Map.of("gemma3_text", 262_208);

    SpecialTokens {
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
        texts = Collections.unmodifiableSet(new LinkedHashSet<>(texts));
        endIds = Collections.unmodifiableSet(new LinkedHashSet<>(endIds));
    }

    static SpecialTokens read(ModelFiles files) {
        JsonNode config = files.optionalJson("tokenizer_config.json");
        JsonNode map = files.optionalJson("special_tokens_map.json");
        Map<String, String> named = new LinkedHashMap<>();
        for (String name : NAMES) {
            // An explicit null in tokenizer_config.json means that there is none.
            String text = text(config.has(name) ? config.get(name) : map.get(name));
            if (text != null) {
                named.put(name, text);
            }
        }
        Set<String> texts = new LinkedHashSet<>(named.values());
        for (String list : List.of("additional_special_tokens", "extra_special_tokens")) {
            config.path(list).forEach(token -> add(texts, token));
        }
        config.path("added_tokens_decoder").forEach(token -> {
            if (token.path("special").asBoolean(false)) {
                add(texts, token);
            }
        });
        JsonNode generation = files.optionalJson("generation_config.json");
        JsonNode model = languageModel(files.optionalJson("config.json"));
        Set<Integer> endIds = ids(generation.has(END) ? generation.get(END) : model.get(END));
        return new SpecialTokens(named, texts, endIds, vocabularySize(model));
    }

    private static int vocabularySize(JsonNode model) {
        Integer usual = USUAL_VOCABULARIES.get(model.path("model_type").asString(""));
        return model.path("vocab_size").asInt(usual == null ? Integer.MAX_VALUE : usual);
    }

    /** The configuration; that of the language model, with the whole's end of sequence, where it has its own. */
    private static JsonNode languageModel(JsonNode config) {
        if (!(config.path("text_config") instanceof ObjectNode text)) {
            return config;
        }
        if (config.has(END)) {
            text.set(END, config.get(END));
        }
        return text;
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        JsonNode content = node != null && node.isObject() ? node.get("content") : node;
        return content != null && content.isString() && !content.stringValue().isEmpty() ? content.stringValue() : null;
    }

    private static void add(Set<String> texts, JsonNode token) {
        String text = text(token);
        if (text != null) {
            texts.add(text);
        }
    }

    private static Set<Integer> ids(@Nullable JsonNode value) {
        Set<Integer> ids = new LinkedHashSet<>();
        if (value != null && value.isArray()) {
            value.forEach(id -> ids.addAll(ids(id)));
        } else if (value != null && value.isInt()) {
            ids.add(value.intValue());
        }
        return ids;
    }
}
