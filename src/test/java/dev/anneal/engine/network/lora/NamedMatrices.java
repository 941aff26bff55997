package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.model.TensorPart;
import dev.anneal.engine.network.model.TrainableWeights;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An adapter's matrices and their gradients as arrays in row order, by PEFT's names. */
public final class NamedMatrices {

    private NamedMatrices() {}

    public static Map<String, float[]> of(TensorScope scope, Adapter adapter) {
        return of(adapter, adapter.a(), adapter.b());
    }

    public static Map<String, float[]> of(TensorScope scope, Adapter adapter, AdapterGradients gradients) {
        return of(adapter, gradients.a(), gradients.b());
    }

    /**
     * Values in the layout of all weights of a model, by the names of its files. Overwrites the masters.
     *
     * @param file temporary file in which they are named
     */
    public static Map<String, float[]> of(TrainableWeights weights, List<Tensor> values, Path file) throws IOException {
        for (int i = 0; i < values.size(); i++) {
            weights.masters().get(i).overwrite(0, values.get(i).toBytes());
        }
        weights.save(file);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (String name : opened.tensors().keySet()) {
                FloatBuffer floats = opened.bytes(name).asFloatBuffer();
                float[] array = new float[floats.remaining()];
                floats.get(array);
                arrays.put(name, array);
            }
        }
        return arrays;
    }

    private static Map<String, float[]> of(Adapter adapter, Tensor a, Tensor b) {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        for (TensorPart part : adapter.parts(a, b)) {
            int begin = (int) part.begin();
            int end = begin + (int) (part.shape().get(0) * part.shape().get(1));
            arrays.put(part.name(), Arrays.copyOfRange(part.tensor().toFloats(), begin, end));
        }
        return arrays;
    }
}
