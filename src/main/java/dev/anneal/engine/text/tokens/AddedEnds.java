package dev.anneal.engine.text.tokens;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a tokenizer adds to a text of its own accord, where it is not told otherwise as it is here.
 *
 * @param begin whether the beginning-of-sequence token
 * @param end whether the end-of-sequence token
 */
public record AddedEnds(boolean begin, boolean end) {

    /** As the tokenizer's post-processor says, or else its configuration. */
    public static AddedEnds of(Vocabulary vocabulary) {
        @Nullable JsonNode template = template(vocabulary.parts().get("post_processor"));
        if (template != null) {
            JsonNode single = template.path("single");
            return new AddedEnds(
                    isToken(single.path(0), vocabulary, "bos_token"),
                    isToken(single.path(single.size() - 1), vocabulary, "eos_token"));
        }
        return new AddedEnds(configured(vocabulary, "bos_token"), configured(vocabulary, "eos_token"));
    }

    private static @Nullable JsonNode template(@Nullable JsonNode processor) {
        if (processor == null || processor.path("type").asString("").equals("TemplateProcessing")) {
            return processor;
        }
        return processor.path("processors").values().stream()
                .map(AddedEnds::template)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static boolean isToken(JsonNode item, Vocabulary vocabulary, String name) {
        @Nullable Integer id = vocabulary.named().get(name);
        return id != null
                && item.path("SpecialToken")
                        .path("id")
                        .asString("")
                        .equals(vocabulary.tokens().get(id));
    }

    private static boolean configured(Vocabulary vocabulary, String name) {
        return vocabulary.named().containsKey(name)
                && vocabulary.configuration().path("add_" + name).asBoolean(false);
    }
}
