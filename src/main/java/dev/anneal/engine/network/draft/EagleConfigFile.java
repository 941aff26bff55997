package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.json.JsonFault;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The {@code config.json} of an EAGLE-3 head of Speculators 0.9. */
record EagleConfigFile(Path file, JsonNode config) {

    /** What Speculators calls an architecture, and its class. */
    private static final Map<String, String> CLASSES = Map.of("llama", "LlamaForCausalLM", "qwen3", "Qwen3ForCausalLM");

    /** Keys of the layer's window, which any family may have here. */
    private static final List<String> WINDOW_KEYS =
            List.of("sliding_window", "use_sliding_window", "layer_types", "max_window_layers");

    private static final Set<EagleSwitch> SWITCHES =
            EnumSet.range(EagleSwitch.NORM_BEFORE_RESIDUAL, EagleSwitch.NORM_OUTPUT);

    static EagleConfig read(Path file) throws IOException {
        try {
            return new EagleConfigFile(file, JsonMapper.shared().readTree(Files.readAllBytes(file))).read();
        } catch (JacksonException e) {
            throw new ModelConfigException(file, "is not JSON: " + JsonFault.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new ModelConfigException(file, "describes " + e.getMessage());
        }
    }

    private EagleConfig read() {
        String type = config.path("speculators_model_type").asString("");
        if (!type.equals("eagle3")) {
            throw refused(
                    "'speculators_model_type' must be \"eagle3\", found " + config.path("speculators_model_type"));
        }
        ModelConfig layer = layer();
        JsonNode targetWidth = config.path("target_hidden_size");
        if (targetWidth.isInt() && targetWidth.asInt() != layer.hiddenSize()) {
            throw refused("'target_hidden_size' is %s; this engine runs drafts of their target's width only, %d"
                    .formatted(targetWidth, layer.hiddenSize()));
        }
        return new EagleConfig(
                EagleConfig.Version.EAGLE3,
                layer,
                streams(),
                config.path("draft_vocab_size").asInt(layer.vocabularySize()),
                switches());
    }

    private Set<EagleSwitch> switches() {
        Set<EagleSwitch> switches = EnumSet.noneOf(EagleSwitch.class);
        for (EagleSwitch each : SWITCHES) {
            if (config.path(each.key()).asBoolean(false)) {
                switches.add(each);
            }
        }
        return switches;
    }

    private List<Integer> streams() {
        JsonNode ids = config.path("eagle_aux_hidden_state_layer_ids");
        List<Integer> streams = new ArrayList<>();
        for (JsonNode id : ids) {
            if (!id.isInt() || id.asInt() < 0 || streams.contains(id.asInt())) {
                throw refused("'eagle_aux_hidden_state_layer_ids' must be different numbers of layers, found " + ids);
            }
            streams.add(id.asInt());
        }
        if (streams.isEmpty()) {
            throw refused("'eagle_aux_hidden_state_layer_ids' must name the layers of the target, found " + ids);
        }
        return streams;
    }

    private ModelConfig layer() {
        if (!(config.path("transformer_layer_config").deepCopy() instanceof ObjectNode layer)) {
            throw refused("'transformer_layer_config' must be an object");
        }
        String className = CLASSES.get(layer.path("model_type").asString(""));
        if (className == null) {
            throw refused("'transformer_layer_config' has the model_type %s; supported: llama, qwen3"
                    .formatted(layer.path("model_type")));
        }
        if (layer.path("num_hidden_layers").asInt(1) != 1) {
            throw refused("has %s layers; this engine runs drafts of one".formatted(layer.path("num_hidden_layers")));
        }
        int window = window(layer);
        layer.remove(WINDOW_KEYS);
        layer.putArray("architectures").add(className);
        return ModelConfig.read(file, layer).ofOneLayer(window);
    }

    private static int window(JsonNode layer) {
        boolean slides = layer.path("layer_types").path(0).asString("").equals("sliding_attention");
        return slides ? layer.path("sliding_window").asInt(0) : 0;
    }

    private ModelConfigException refused(String message) {
        return new ModelConfigException(file, message);
    }
}
