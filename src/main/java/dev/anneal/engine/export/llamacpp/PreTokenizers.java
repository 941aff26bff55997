package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.text.tokens.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The named rules by which llama.cpp splits texts before BPE, matched by their definition in the tokenizer. llama.cpp's
 * converter finds the name by the ids of a test text, which fails for custom vocabularies.
 */
enum PreTokenizers {
    GPT_2("gpt-2", false, null, false),
    SMOLLM("smollm", true, null, false),
    LLAMA_BPE("llama-bpe", false, split("\\p{N}{1,3}"), true),
    /** As {@link #LLAMA_BPE}, but also merges words that are tokens. */
    SMAUG_BPE("smaug-bpe", false, split("\\p{N}{1,3}"), false),
    QWEN2("qwen2", false, split("\\p{N}"), false),
    TEKKEN(
            "tekken",
            false,
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            true);

    private final String wireName;
    private final boolean splitsDigits;
    private final @Nullable String pattern;
    private final boolean ignoresMerges;

    /**
     * @param splitsDigits whether digits are separated first
     * @param pattern pattern that splits texts, or null for GPT-2's
     * @param ignoresMerges whether words that are tokens are not built by merges
     */
    PreTokenizers(String wireName, boolean splitsDigits, @Nullable String pattern, boolean ignoresMerges) {
        this.wireName = wireName;
        this.splitsDigits = splitsDigits;
        this.pattern = pattern;
        this.ignoresMerges = ignoresMerges;
    }

    /**
     * OpenAI's cl100k pattern in the variants of Llama 3 and Qwen 2, which differ in the number of digits kept
     * together.
     */
    private static String split(String digits) {
        return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" + digits
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    }

    /** Empty if llama.cpp has no rule like this tokenizer's. */
    static Optional<String> nameOf(Vocabulary vocabulary) {
        boolean ignoresMerges = vocabulary.model().path("ignore_merges").asBoolean(false);
        List<String> steps = steps(vocabulary.parts().get("pre_tokenizer"));
        for (PreTokenizers known : values()) {
            if (known.steps().equals(steps) && known.ignoresMerges == ignoresMerges && known.allows(vocabulary)) {
                return Optional.of(known.wireName);
            }
        }
        return Optional.empty();
    }

    /** Qwen's tokenizers compose Unicode characters first, which llama.cpp always omits. */
    private boolean allows(Vocabulary vocabulary) {
        @Nullable JsonNode normalizer = vocabulary.parts().get("normalizer");
        return normalizer == null
                || (this == QWEN2 && normalizer.path("type").asString("").equals("NFC"));
    }

    private List<String> steps() {
        List<String> steps = new ArrayList<>();
        if (splitsDigits) {
            steps.add("digits");
        }
        if (pattern != null) {
            steps.add(pattern);
        }
        steps.add(pattern == null ? "gpt-2's pattern, bytes" : "bytes");
        return steps;
    }

    /** The steps of a pre-tokenizer of tokenizer.json, in the form of {@link #steps()}. */
    private static List<String> steps(@Nullable JsonNode node) {
        List<String> steps = new ArrayList<>();
        if (node == null) {
            return steps;
        }
        switch (node.path("type").asString("")) {
            case "Sequence" -> node.path("pretokenizers").values().forEach(part -> steps.addAll(steps(part)));
            case "Digits" -> steps.add(node.path("individual_digits").asBoolean(false) ? "digits" : "numbers");
            case "Split" -> steps.add(splitOf(node));
            case "ByteLevel" -> {
                String prefix = node.path("add_prefix_space").asBoolean(true) ? "space before, " : "";
                steps.add(prefix + (node.path("use_regex").asBoolean(true) ? "gpt-2's pattern, bytes" : "bytes"));
            }
            default -> steps.add(node.toString());
        }
        return steps;
    }

    private static String splitOf(JsonNode node) {
        boolean usual = node.path("behavior").asString("").equals("Isolated")
                && !node.path("invert").asBoolean(false);
        return usual ? node.path("pattern").path("Regex").asString(node.toString()) : node.toString();
    }
}
