package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.format.gguf.Metadata;
import dev.anneal.engine.text.tokens.AddedToken;
import dev.anneal.engine.text.tokens.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A tokenizer in a GGUF file: byte-level BPE, or the BPE of SentencePiece. */
public final class TokenizerKeys {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private static final String KEYS = "tokenizer.ggml.";
    private static final Pattern BYTE_TOKEN = Pattern.compile("<0x[0-9A-Fa-f]{2}>");
    /** Tags that mark the assistant's text for trainers; not all template engines know them. */
    private static final Pattern GENERATION = Pattern.compile("(\\{%[-+]?\\s*)generation(\\s*[-+]?%})");

    private static final Pattern END_OF_GENERATION = Pattern.compile("(\\{%[-+]?\\s*)endgeneration(\\s*[-+]?%})");

    private static final Map<String, String> NAMED = Map.of(
            "bos_token", "bos_token_id",
            "eos_token", "eos_token_id",
            "unk_token", "unknown_token_id",
            "sep_token", "seperator_token_id", // as the format has it
            "pad_token", "padding_token_id",
            "mask_token", "mask_token_id");

    private final Vocabulary vocabulary;
    private final int size;
    private final @Nullable Integer endOfTurn;
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param size rows of the embedding; ids without a token are written as unused ones
     * @param endOfTurn token that the chat template writes after an assistant's message, or null if there is none
     */
    public TokenizerKeys(Vocabulary vocabulary, int size, @Nullable Integer endOfTurn) {
        this.vocabulary = vocabulary;
        this.size = size;
        this.endOfTurn = endOfTurn;
    }

    /** Why llama.cpp cannot produce the same ids; empty if it can. */
    public Optional<String> obstacle() {
        String type = vocabulary.model().path("type").asString("BPE");
        if (!type.equals("BPE")) {
            return Optional.of("its tokenizer is of type " + type + "; GGUF files are written with BPE tokenizers");
        }
        Set<String> seen = new HashSet<>();
        return texts().stream()
                .filter(text -> !seen.add(text))
                .findFirst()
                .map(text -> "two of its tokens are the text '" + text + "', with which llama.cpp ends");
    }

    /**
     * Adds all keys.
     *
     * @return warnings for users about texts that llama.cpp may split differently
     */
    public List<String> put(Metadata metadata) {
        if (isSentencePiece()) {
            metadata.text(KEYS + "model", "llama").text(KEYS + "pre", "default");
        } else {
            metadata.text(KEYS + "model", "gpt2").text(KEYS + "pre", preTokenizer());
        }
        metadata.texts(KEYS + "tokens", texts()).integers(KEYS + "token_type", types());
        if (isSentencePiece()) {
            metadata.numbers(KEYS + "scores", scores()).flag(KEYS + "add_space_prefix", addsSpace());
        } else {
            metadata.texts(KEYS + "merges", merges());
        }
        putSpecial(metadata);
        putTemplates(metadata);
        return List.copyOf(warnings);
    }

    private boolean isSentencePiece() {
        return vocabulary.model().path("byte_fallback").asBoolean(false);
    }

    private String preTokenizer() {
        return PreTokenizers.nameOf(vocabulary).orElseGet(() -> {
            warnings.add("llama.cpp has no pre-tokenizer that splits texts as this model's does; 'default' is written,"
                    + " and texts may become other tokens than those it was trained on");
            return "default";
        });
    }

    private List<String> texts() {
        String[] texts = new String[size];
        Arrays.setAll(texts, id -> "[PAD" + id + "]");
        vocabulary.tokens().forEach((id, text) -> texts[id] = text);
        return List.of(texts);
    }

    private int[] types() {
        int[] types = new int[size];
        Arrays.fill(types, UNUSED);
        vocabulary.tokens().forEach((id, text) -> types[id] = typeOf(text));
        for (AddedToken token : vocabulary.added()) {
            types[token.id()] = token.isSpecial() ? CONTROL : USER_DEFINED;
        }
        @Nullable Integer unknown = vocabulary.named().get("unk_token");
        if (unknown != null && isSentencePiece()) {
            types[unknown] = UNKNOWN;
        }
        return types;
    }

    private int typeOf(String text) {
        return isSentencePiece() && BYTE_TOKEN.matcher(text).matches() ? BYTE : NORMAL;
    }

    /** Merged tokens in the order of their merges, which is the order in which SentencePiece prefers them. */
    private float[] scores() {
        float[] scores = new float[size];
        Map<String, Integer> ids = vocabulary.ids();
        for (int rank = vocabulary.merges().size() - 1; rank >= 0; rank--) {
            Vocabulary.Merge merge = vocabulary.merges().get(rank);
            @Nullable Integer id = ids.get(merge.left() + merge.right());
            if (id != null) {
                scores[id] = -1 - rank;
            }
        }
        return scores;
    }

    private boolean addsSpace() {
        String steps =
                vocabulary.parts().get("normalizer") + " " + vocabulary.parts().get("pre_tokenizer");
        return steps.contains("\"Prepend\"")
                || steps.contains("\"prepend_scheme\":\"always\"")
                || steps.contains("\"prepend_scheme\":\"first\"");
    }

    private List<String> merges() {
        return vocabulary.merges().stream()
                .map(merge -> merge.left() + " " + merge.right())
                .toList();
    }

    private void putSpecial(Metadata metadata) {
        vocabulary.named().forEach((name, id) -> {
            @Nullable String key = NAMED.get(name);
            if (key != null) {
                metadata.count(KEYS + key, id);
            }
        });
        if (endOfTurn != null) {
            metadata.count(KEYS + "eot_token_id", endOfTurn);
        }
        // Otherwise llama.cpp would guess, and abort if it must add a token that does not exist.
        metadata.flag(KEYS + "add_bos_token", vocabulary.addsBegin())
                .flag(KEYS + "add_eos_token", vocabulary.addsEnd());
    }

    private void putTemplates(Metadata metadata) {
        Map<String, String> templates = vocabulary.chatTemplates();
        List<String> others = new ArrayList<>();
        templates.forEach((name, text) -> {
            String plain = withoutMarks(text);
            if (name.equals("default") || templates.size() == 1) {
                metadata.text("tokenizer.chat_template", plain);
            } else {
                String suffix = name.replaceAll("[^A-Za-z0-9]", "_");
                if (!others.contains(suffix)) {
                    others.add(suffix);
                    metadata.text("tokenizer.chat_template." + suffix, plain);
                }
            }
        });
        if (!others.isEmpty()) {
            metadata.texts("tokenizer.chat_templates", others);
        }
    }

    /** The template without these tags, with the same control of white space. */
    static String withoutMarks(String template) {
        String begun = GENERATION.matcher(template).replaceAll("$1if true$2");
        return END_OF_GENERATION.matcher(begun).replaceAll("$1endif$2");
    }
}
