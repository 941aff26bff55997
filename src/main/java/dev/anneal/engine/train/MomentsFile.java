package dev.anneal.engine.train;

import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.SafetensorsFile;
import dev.anneal.engine.safetensors.SafetensorsWriter;
import dev.anneal.engine.safetensors.TensorData;
import dev.anneal.engine.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The optimizer's moments as a safetensors file. */
final class MomentsFile {

    private MomentsFile() {}

    static void write(Path file, AdamW optimizer) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        optimizer
                .moments()
                .forEach((name, moment) ->
                        tensors.add(TensorData.of(name, Dtype.F32, List.of(moment.elements()), moment.toBytes())));
        SafetensorsWriter.write(file, tensors);
    }

    static void read(Path file, AdamW optimizer) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (Map.Entry<String, Tensor> moment : optimizer.moments().entrySet()) {
                float[] values = new float[Math.toIntExact(moment.getValue().elements())];
                opened.bytes(moment.getKey()).asFloatBuffer().get(values);
                optimizer.restore(moment.getValue(), values);
            }
        }
    }
}
