package dev.anneal.engine.text.tokens;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a model's tokenizer files hold, for formats of other programs. Loads no native code.
 *
 * @param model the algorithm: its type and flags, without vocabulary and merges
 * @param tokens texts by id as the file writes them, added tokens among them; ids may have gaps
 * @param merges pairs of tokens that become one, the first of them first; empty for models other than BPE
 * @param scores of the tokens of a Unigram model, by id; empty for others
 * @param added tokens that are found in a text before anything else
 * @param named ids of {@code bos_token}, {@code eos_token} … as far as the model has them
 * @param parts {@code normalizer}, {@code pre_tokenizer}, {@code post_processor} … by name, as far as they are not null
 * @param chatTemplates texts by name, {@code default} among them unless there are none
 * @param configuration tokenizer_config.json
 */
public record Vocabulary(
        JsonNode model,
        Map<Integer, String> tokens,
        List<Merge> merges,
        Map<Integer, Double> scores,
        List<AddedToken> added,
        Map<String, Integer> named,
        Map<String, JsonNode> parts,
        Map<String, String> chatTemplates,
        JsonNode configuration) {

    /** Two tokens that become one. */
    public record Merge(String left, String right) {}

    public Vocabulary {
        tokens = Collections.unmodifiableMap(new TreeMap<>(tokens));
        merges = List.copyOf(merges);
        scores = Map.copyOf(scores);
        added = List.copyOf(added);
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
        parts = Map.copyOf(parts);
        chatTemplates = Collections.unmodifiableMap(new LinkedHashMap<>(chatTemplates));
    }

    /**
     * Reads the files of a model directory.
     *
     * @throws dev.anneal.engine.text.rows.DataException with code {@code base_model_unreadable} if they are missing, too large or broken
     */
    public static Vocabulary read(Path modelDirectory) {
        ModelFiles files = new ModelFiles(modelDirectory);
        SpecialTokens special = SpecialTokens.read(files);
        TokenizerFile file = TokenizerFile.read(files, special);
        VocabularyScan scan = file.scan(files);
        Map<Integer, String> tokens = new TreeMap<>(scan.tokens());
        file.addedTokens().forEach(token -> tokens.put(token.id(), token.text()));
        Map<String, Integer> named = new LinkedHashMap<>();
        special.named().forEach((name, text) -> {
            @Nullable Integer id = file.specialIds().get(text);
            if (id != null) {
                named.put(name, id);
            }
        });
        return new Vocabulary(
                scan.model(),
                tokens,
                scan.merges(),
                scan.scores(),
                file.addedTokens(),
                named,
                scan.parts(),
                ChatTemplates.sources(files),
                files.optionalJson("tokenizer_config.json"));
    }

    /** Ids by text. */
    public Map<String, Integer> ids() {
        Map<String, Integer> ids = new HashMap<>();
        tokens.forEach((id, text) -> ids.put(text, id));
        return ids;
    }
}
