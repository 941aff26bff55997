package dev.anneal.engine.text.tokens;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Content of a model's tokenizer files, for formats of other programs. Loads no native code.
 *
 * @param model the algorithm: its type and flags, without vocabulary and merges
 * @param tokens texts by id as in the file, including added tokens; ids may have gaps
 * @param merges pairs of tokens to merge, in order of priority; empty for models other than BPE
 * @param added tokens that are matched in a text first
 * @param named ids of {@code bos_token}, {@code eos_token} …, if the model has them
 * @param parts {@code normalizer}, {@code pre_tokenizer}, {@code post_processor} … by name, if not null
 * @param chatTemplates texts by name, {@code default} among them unless there are none
 * @param configuration tokenizer_config.json
 */
public record Vocabulary(
        JsonNode model,
        Map<Integer, String> tokens,
        List<Merge> merges,
        List<AddedToken> added,
        Map<String, Integer> named,
        Map<String, JsonNode> parts,
        Map<String, String> chatTemplates,
        JsonNode configuration) {

    /** Two tokens to merge. */
    public record Merge(String left, String right) {}

    public Vocabulary {
        tokens = Collections.unmodifiableMap(new TreeMap<>(tokens));
        merges = List.copyOf(merges);
        added = List.copyOf(added);
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
        parts = Map.copyOf(parts);
        chatTemplates = Collections.unmodifiableMap(new LinkedHashMap<>(chatTemplates));
    }

    /**
     * Reads the files of a model directory.
     *
     * @throws dev.anneal.engine.text.fault.DataException with code {@code base_model_unreadable} if they are missing,
     *     too large or broken
     */
    public static Vocabulary read(Path modelDirectory) {
        ModelFiles files = new ModelFiles(modelDirectory);
        SpecialTokens special = SpecialTokens.read(files);
        return TokenizerFile.read(files, special, true).vocabulary(special);
    }

    /** Ids by text. */
    public Map<String, Integer> ids() {
        Map<String, Integer> ids = new HashMap<>();
        tokens.forEach((id, text) -> ids.put(text, id));
        return ids;
    }

    /**
     * Whether the tokenizer by default begins a text with {@code bos_token}, according to its post-processor or else
     * its configuration.
     */
    public boolean addsBegin() {
        return adds("bos_token", true);
    }

    /** Whether it by default ends a text with {@code eos_token}; see {@link #addsBegin}. */
    public boolean addsEnd() {
        return adds("eos_token", false);
    }

    private boolean adds(String name, boolean isFirst) {
        @Nullable Integer id = named.get(name);
        @Nullable JsonNode template = template(parts.get("post_processor"));
        if (id == null || template == null) {
            return id != null && configuration.path("add_" + name).asBoolean(false);
        }
        JsonNode single = template.path("single");
        JsonNode item = single.path(isFirst ? 0 : single.size() - 1);
        return item.path("SpecialToken").path("id").asString("").equals(tokens.get(id));
    }

    private static @Nullable JsonNode template(@Nullable JsonNode processor) {
        if (processor == null || processor.path("type").asString("").equals("TemplateProcessing")) {
            return processor;
        }
        return processor.path("processors").values().stream()
                .map(Vocabulary::template)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
