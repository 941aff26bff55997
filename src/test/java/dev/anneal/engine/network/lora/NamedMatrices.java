package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** An adapter's matrices and their gradients as arrays in row order, by PEFT's names. */
public final class NamedMatrices {

    private NamedMatrices() {}

    public static Map<String, float[]> of(Scope scope, Adapter adapter) {
        return of(scope, adapter, adapter.a(), adapter.b());
    }

    public static Map<String, float[]> of(Scope scope, Adapter adapter, AdapterGradients gradients) {
        return of(scope, adapter, gradients.a(), gradients.b());
    }

    private static Map<String, float[]> of(Scope scope, Adapter adapter, Tensor a, Tensor b) {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        try (Scope passing = scope.child()) {
            adapter.matrices(passing, a, b).forEach((name, matrix) -> arrays.put(name, matrix.toFloats()));
        }
        return arrays;
    }
}
