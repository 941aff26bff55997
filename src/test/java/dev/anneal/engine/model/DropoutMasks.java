package dev.anneal.engine.model;

import dev.anneal.engine.torch.Program;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.util.Map;

/** The masks that the decoder draws, for tests that apply them in another way. */
public final class DropoutMasks {

    private DropoutMasks() {}

    /** @param like tensor of the mask's shape, [N, in] */
    public static Tensor of(
            Scope scope, Tensor like, AdapterDropout dropout, int layer, int projection, long[] offsets) {
        Map<String, Number> unused = Map.of(
                "eps", 1e-5, "heads", 1, "kv_heads", 1, "head_size", 2, "chunk", 1, "few", 1, "block", 1, "window", 0);
        Tensor mask = Program.load(scope, "decoder", "Decoder", unused)
                .call(scope, "mask", like, offsets, dropout.seeds(layer), projection, dropout.probability());
        // What a program makes without gradients may not take part in a graph; a copy may.
        return scope.floats(mask.toFloats(), mask.shape());
    }
}
