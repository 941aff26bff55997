package dev.anneal.engine.export;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the manifest and the card of a draft's export say about its target, and how servers load both. */
record DraftGuide(SpeculativeDraft draft, ExportInputs request, Trained trained) {

    /** Its key in the manifest. */
    Map<String, @Nullable Object> keys() {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("kind", draft.kind());
        keys.put("format", request.format() == null ? null : request.format().wireName());
        keys.put("target", draft.target());
        keys.put("target_sha256", trained.targetFingerprint());
        keys.put("speculative_tokens", draft.speculativeTokens());
        return keys;
    }

    /** The body of the card's section; empty for kinds that no server loads as a draft. */
    String text() {
        String commands = switch (request.kind()) {
            case "draft" -> draft.trainsHead() ? ofHead() : ofModel();
            case "gguf" -> ofGguf();
            default -> "";
        };
        return commands.isEmpty() ? "" : introduction() + commands;
    }

    private String introduction() {
        String export = isTuned() ? ", an export of its job of kind `merged`" : "";
        return """
                It proposes tokens for one target only, `%s` (sha256 `%s`): beside another model it is slower than \
                none. `TARGET` is the directory of the target%s, `DRAFT` that of this export.
                """.formatted(draft.target(), trained.targetFingerprint(), export);
    }

    private boolean isTuned() {
        return draft.target().startsWith("ft:");
    }

    private String ofModel() {
        return vllm("draft_model") + """

                transformers:

                ```python
                target.generate(**inputs, assistant_model=AutoModelForCausalLM.from_pretrained("DRAFT"))
                ```

                llama.cpp loads an export of kind `gguf`.
                """;
    }

    private String ofHead() {
        if (draft.kind().equals(SpeculativeDraft.EAGLE1)) {
            return vllm("eagle") + eagle("False");
        }
        return request.format() == DraftFormat.EAGLE ? vllm("eagle3") + eagle("True") : vllm("eagle3") + byItsFolder();
    }

    private String byItsFolder() {
        return """

                `vllm serve DRAFT` alone, and Speculators, find the target by \
                `speculators_config.verifier.name_or_path` in `config.json`, which is `%s`: put %s there.
                """.formatted(
                draft.target(), isTuned() ? "`TARGET`" : "`TARGET`, unless it is the name of a model on the Hub,");
    }

    private String vllm(String method) {
        return """

                vLLM:

                ```
                vllm serve TARGET --speculative-config \
                '{"method": "%s", "model": "DRAFT", "num_speculative_tokens": %d}'
                ```
                """.formatted(method, draft.speculativeTokens());
    }

    private static String eagle(String eagle3) {
        return """

                EAGLE's own code, which reads the target's embedding by the index of its shards:

                ```python
                EaModel.from_pretrained(use_eagle3=%s, base_model_path="TARGET", ea_model_path="DRAFT")
                ```
                """.formatted(eagle3);
    }

    private String ofGguf() {
        return """

                llama.cpp:

                ```
                llama-server --model TARGET.gguf --model-draft DRAFT.gguf --spec-type draft-simple --spec-draft-n-max %d
                ```
                """.formatted(draft.speculativeTokens());
    }

    /** Null unless a draft is exported. */
    static @Nullable DraftGuide of(ExportInputs request, Trained trained) {
        @Nullable SpeculativeDraft draft = trained.draft();
        return draft == null ? null : new DraftGuide(draft, request, trained);
    }
}
