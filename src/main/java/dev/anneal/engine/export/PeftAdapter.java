package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TextNames;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.LoraForm;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Kind {@code adapter}: a folder that PEFT and compatible servers load. */
final class PeftAdapter {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private PeftAdapter() {}

    /**
     * @return the proof, for the manifest
     */
    static Map<String, @Nullable Object> write(
            Path folder, ExportParts parts, ExportedBase base, Trained trained, AdapterConfig config)
            throws IOException {
        parts.keep(List.of());
        boolean multimodal = ModelConfig.read(base.directory().resolve(CompanionFiles.CONFIG))
                .multimodal();
        UnaryOperator<String> names = multimodal ? TextNames::inMultimodalModel : UnaryOperator.identity();
        LoraForm.write(trained.weights(), config, names, folder.resolve(WEIGHTS));
        Files.writeString(folder.resolve("adapter_config.json"), PeftConfig.json(config.asLora(), base, multimodal));
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", trained.beta());
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
            proof.put("tensors", file.tensors().size());
            proof.put("differs_from_base", differsFromBase(file));
        }
        return proof;
    }

    /** An adapter whose every B is zero adds nothing. */
    private static boolean differsFromBase(SafetensorsFile file) throws IOException {
        boolean differs = false;
        for (String name : file.tensors().keySet()) {
            FloatBuffer values = file.bytes(name).asFloatBuffer();
            while (values.hasRemaining()) {
                float value = values.get();
                if (!Float.isFinite(value)) {
                    throw new ExportException(
                            ExportException.Code.NON_FINITE_DELTA, "tensor '" + name + "' holds the value " + value);
                }
                differs |= value != 0 && name.endsWith(".lora_B.weight");
            }
        }
        return differs;
    }
}
