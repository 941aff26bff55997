package dev.anneal.engine.network.peft;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PEFT's adapter of the queries of anneal-tiny's six layers, with weights that are all 0, as a client uploads it. */
public final class QueryAdapter {

    /** How wide anneal-tiny's queries are. */
    public static final int WIDTH = 192;

    private QueryAdapter() {}

    /** Of rank 2 for queries {@code width} wide, which fits the model only at {@link #WIDTH}. */
    public static byte[] archive(int width) throws IOException {
        return archive(
                "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": [\"q_proj\"]}",
                weights(2, width));
    }

    /** @param config content of {@code adapter_config.json} */
    public static byte[] archive(String config, byte[] weights) {
        return new TarOf()
                .file("adapter_config.json", config.getBytes(UTF_8))
                .file("adapter_model.safetensors", weights)
                .toBytes();
    }

    /** Content of {@code adapter_model.safetensors}. */
    public static byte[] weights(int rank, int width) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (int layer = 0; layer < 6; layer++) {
            String module = "base_model.model.model.layers." + layer + ".self_attn.q_proj.lora_";
            float[] values = new float[rank * width];
            tensors.add(TensorsInMemory.ofFloats(module + "A.weight", List.of((long) rank, (long) width), values));
            tensors.add(TensorsInMemory.ofFloats(module + "B.weight", List.of((long) width, (long) rank), values));
        }
        Path file = Files.createTempFile("query-adapter", ".safetensors");
        try {
            SafetensorsWriter.write(file, tensors);
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }
}
