package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.PythonJson;
import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of a Hugging Face directory besides its weights. They are copied byte for byte: with a lost end-of-turn
 * list or a changed template a model never stops.
 */
final class CompanionFiles {

    static final String CONFIG = "config.json";
    private static final String TIED = "tie_word_embeddings";
    private static final String DTYPE = "dtype";
    private static final String TORCH_DTYPE = "torch_dtype";

    /** Configurations of a multimodal model's parts. */
    private static final List<String> PARTS = List.of("text_config", "vision_config");

    private static final List<String> COPIED = List.of(
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "chat_template.jinja",
            "chat_template.json",
            "preprocessor_config.json",
            "processor_config.json");

    private static final List<String> LEGAL = List.of("LICENSE", "LICENSE.txt", "NOTICE");

    private CompanionFiles() {}

    /**
     * Copies them, and updates the configuration to the exported weights if necessary.
     *
     * @param dtype torch's name of the weights' new element type, or null if they keep theirs
     * @param tied whether the output embedding is the input embedding
     */
    static void copy(Path base, Path target, @Nullable String dtype, boolean tied) throws IOException {
        copy(COPIED, base, target);
        copyLicense(base, target);
        Map<String, @Nullable Object> before = configuration(Files.readString(base.resolve(CONFIG)));
        Map<String, @Nullable Object> keys = new LinkedHashMap<>(before);
        putDtypes(keys, dtype);
        if (!tied && Boolean.TRUE.equals(keys.get(TIED))) {
            keys.put(TIED, false);
        }
        if (keys.equals(before)) {
            DurableFiles.copyContent(base.resolve(CONFIG), target.resolve(CONFIG));
        } else {
            Files.writeString(target.resolve(CONFIG), PythonJson.indented(keys) + "\n");
        }
    }

    /** Copies the files that the model's licence requires to be passed on. */
    static void copyLicense(Path base, Path target) throws IOException {
        copy(LEGAL, base, target);
    }

    /** Hash of all these files except the configuration. */
    static String fingerprint(Path base) throws IOException {
        StringBuilder listing = new StringBuilder();
        for (String name : COPIED) {
            if (Files.isRegularFile(base.resolve(name))) {
                listing.append(Sha256.of(base.resolve(name)))
                        .append("  ")
                        .append(name)
                        .append('\n');
            }
        }
        return Sha256.ofText(listing.toString());
    }

    private static void copy(List<String> names, Path base, Path target) throws IOException {
        for (String name : names) {
            if (Files.isRegularFile(base.resolve(name))) {
                DurableFiles.copyContent(base.resolve(name), target.resolve(name));
            }
        }
    }

    private static Map<String, @Nullable Object> configuration(String json) {
        return JsonMapper.shared().readValue(json, new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
    }

    /** Puts the type in the configuration, and in those of a multimodal model's parts that name theirs. */
    private static void putDtypes(Map<String, @Nullable Object> keys, @Nullable String dtype) {
        if (dtype == null) {
            return;
        }
        putDtype(keys, dtype);
        for (String part : PARTS) {
            if (keys.get(part) instanceof Map<?, ?> ofPart
                    && (ofPart.containsKey(DTYPE) || ofPart.containsKey(TORCH_DTYPE))) {
                Map<String, @Nullable Object> changed = new LinkedHashMap<>();
                ofPart.forEach((key, value) -> changed.put(String.valueOf(key), value));
                putDtype(changed, dtype);
                keys.put(part, changed);
            }
        }
    }

    /** Older releases of transformers read {@code torch_dtype}, newer ones {@code dtype}. */
    private static void putDtype(Map<String, @Nullable Object> keys, String dtype) {
        if (keys.containsKey(DTYPE)) {
            keys.put(DTYPE, dtype);
        }
        if (keys.containsKey(TORCH_DTYPE) || !keys.containsKey(DTYPE)) {
            keys.put(TORCH_DTYPE, dtype);
        }
    }
}
