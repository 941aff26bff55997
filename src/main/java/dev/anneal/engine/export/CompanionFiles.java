package dev.anneal.engine.export;

import dev.anneal.engine.file.DurableFiles;
import dev.anneal.engine.file.Sha256;
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
 * The files of a Hugging Face directory beside its weights. They are copied byte for byte: a lost end-of-turn list or a changed template
 * makes a model that never stops.
 */
final class CompanionFiles {

    static final String CONFIG = "config.json";

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
            "chat_template.json");

    private static final List<String> LEGAL = List.of("LICENSE", "LICENSE.txt", "NOTICE");

    private CompanionFiles() {}

    /** @param dtype torch's name of the weights' new element type, or null if they keep theirs */
    static void copy(Path base, Path target, @Nullable String dtype) throws IOException {
        copy(COPIED, base, target);
        copyLicense(base, target);
        if (dtype == null) {
            DurableFiles.copyContent(base.resolve(CONFIG), target.resolve(CONFIG));
        } else {
            Files.writeString(target.resolve(CONFIG), withDtype(Files.readString(base.resolve(CONFIG)), dtype));
        }
    }

    /** What the model's licence asks to be passed on with it. */
    static void copyLicense(Path base, Path target) throws IOException {
        copy(LEGAL, base, target);
    }

    /** Hash of all these files, the configuration aside. */
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

    /** Older releases of transformers read {@code torch_dtype}, newer ones {@code dtype}. */
    static String withDtype(String config, String dtype) {
        Map<String, @Nullable Object> keys =
                new LinkedHashMap<>(JsonMapper.shared().readValue(config, new TypeReference<Map<String, Object>>() {}));
        if (keys.containsKey("dtype")) {
            keys.put("dtype", dtype);
        }
        if (keys.containsKey("torch_dtype") || !keys.containsKey("dtype")) {
            keys.put("torch_dtype", dtype);
        }
        return PythonJson.indented(keys) + "\n";
    }
}
