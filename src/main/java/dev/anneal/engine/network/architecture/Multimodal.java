package dev.anneal.engine.network.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models that also see images and whose language model is of a family that the engine runs, by the class name in their
 * {@code config.json}. The language model has its own keys in {@code text_config}; the tensors of the other parts are
 * neither read nor trained.
 */
@SuppressWarnings("ImmutableEnumChecker") // the maps are those of Map.of
enum Multimodal {
    /** Gemma 3 4B, 12B and 27B. */
    GEMMA3("Gemma3ForConditionalGeneration", Map.of("gemma3_text", Architecture.GEMMA3)),
    /** Mistral Small 3.1 and 3.2, and Ministral 3. */
    MISTRAL3(
            "Mistral3ForConditionalGeneration",
            Map.of("mistral", Architecture.MISTRAL, "ministral3", Architecture.MINISTRAL3));

    private static final String TEXT_CONFIG = "text_config";

    /** Keys that stand outside of {@code text_config} though they are about the language model too. */
    private static final List<String> OUTSIDE = List.of("quantization_config");

    private static final List<String> OTHER_PARTS =
            List.of("vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector.");

    private final String className;
    private final Map<String, Architecture> languageModels;

    /** @param languageModels families by {@code model_type} of {@code text_config} */
    Multimodal(String className, Map<String, Architecture> languageModels) {
        this.className = className;
        this.languageModels = languageModels;
    }

    String className() {
        return className;
    }

    static Optional<Multimodal> named(String className) {
        return Arrays.stream(values())
                .filter(model -> model.className.equals(className))
                .findFirst();
    }

    /** Whether a tensor belongs to a part that is not the language model. */
    static boolean isOfAnotherPart(String tensor) {
        return OTHER_PARTS.stream().anyMatch(tensor::startsWith);
    }

    /**
     * The configuration of the language model, as if it were alone.
     *
     * @param whole the configuration of the whole model, changed
     * @throws ModelConfigException if the language model is not of a family that the engine runs
     */
    ObjectNode languageModel(ConfigKeys whole) {
        if (!(whole.get(TEXT_CONFIG) instanceof ObjectNode text)) {
            throw whole.refused("'%s' must be an object in a model of the class %s, found %s"
                    .formatted(TEXT_CONFIG, className, ConfigKeys.shown(whole.get(TEXT_CONFIG))));
        }
        JsonNode type = text.path("model_type");
        Architecture architecture = languageModels.get(type.asString(""));
        if (architecture == null) {
            throw whole.refused("'model_type' of '%s' is %s; supported for %s: %s"
                    .formatted(TEXT_CONFIG, ConfigKeys.shown(type), className, names()));
        }
        text.putArray("architectures").add(architecture.className());
        // By transformers' defaults the embeddings of the whole model are tied, whatever text_config says.
        text.put("tie_word_embeddings", whole.get("tie_word_embeddings").asBoolean(true));
        for (String key : OUTSIDE) {
            if (!text.hasNonNull(key) && whole.has(key)) {
                text.set(key, whole.get(key));
            }
        }
        return text;
    }

    private String names() {
        return languageModels.keySet().stream().sorted().collect(Collectors.joining(", "));
    }
}
