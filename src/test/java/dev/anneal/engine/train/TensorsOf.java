package dev.anneal.engine.train;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The F32 tensors of a safetensors file as arrays. */
public final class TensorsOf {

    private TensorsOf() {}

    public static Map<String, float[]> file(Path path) throws IOException {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (String name : file.tensors().keySet()) {
                float[] values = new float[(int) file.entry(name).byteCount() / Float.BYTES];
                file.bytes(name).asFloatBuffer().get(values);
                tensors.put(name, values);
            }
        }
        return tensors;
    }
}
