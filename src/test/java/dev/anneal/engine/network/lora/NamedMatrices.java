package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.model.TensorPart;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** An adapter's matrices and their gradients as arrays in row order, by PEFT's names. */
public final class NamedMatrices {

    private NamedMatrices() {}

    public static Map<String, float[]> of(Scope scope, Adapter adapter) {
        return of(adapter, adapter.a(), adapter.b());
    }

    public static Map<String, float[]> of(Scope scope, Adapter adapter, AdapterGradients gradients) {
        return of(adapter, gradients.a(), gradients.b());
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
