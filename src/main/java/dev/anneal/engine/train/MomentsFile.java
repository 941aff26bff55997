package dev.anneal.engine.train;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The optimizer's moments as a safetensors file. Values go from native memory to the file and back in parts. */
final class MomentsFile {

    private static final int PART_BYTES = 1 << 22;

    private MomentsFile() {}

    static void write(Path file, AdamW optimizer) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        optimizer
                .moments()
                .forEach((name, moment) -> tensors.add(new TensorData(
                        name, Dtype.F32, List.of(moment.elements()), channel -> moment.writeTo(channel))));
        SafetensorsWriter.write(file, tensors);
    }

    static void read(Path file, AdamW optimizer) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (Map.Entry<String, Tensor> moment : optimizer.moments().entrySet()) {
                read(opened, moment.getKey(), moment.getValue());
            }
        }
    }

    private static void read(SafetensorsFile file, String name, Tensor moment) throws IOException {
        long bytes = moment.elements() * Float.BYTES;
        for (long offset = 0; offset < bytes; offset += PART_BYTES) {
            int count = (int) Math.min(PART_BYTES, bytes - offset);
            moment.overwrite(offset / Float.BYTES, file.bytes(name, offset, count));
        }
    }
}
