package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Map;

/** The masks that the decoder draws, for tests that apply them in another way. */
public final class DropoutMasks {

    private final TensorScope scope;
    private final Program program;

    /** @param scope to which the masks belong */
    public DropoutMasks(TensorScope scope) {
        Map<String, Number> unused = Map.ofEntries(
                Map.entry("eps", 1e-5),
                Map.entry("gain_offset", 0.0),
                Map.entry("gain_rounds", 1),
                Map.entry("whole_norms", 0),
                Map.entry("gate", 0),
                Map.entry("embedding_rounds", 0),
                Map.entry("attention_scale", 1.0),
                Map.entry("embedding_scale", 1.0),
                Map.entry("logit_divisor", 1.0),
                Map.entry("heads", 1),
                Map.entry("kv_heads", 1),
                Map.entry("head_size", 2),
                Map.entry("chunk", 1),
                Map.entry("few", 1),
                Map.entry("block", 1),
                Map.entry("window", 0),
                Map.entry("padding", -1));
        this.scope = scope;
        this.program = Program.load(scope, DecoderProgram.PARTS, "Decoder", unused);
    }

    /** @param like tensor of the mask's shape, [N, in] */
    public Tensor of(Tensor like, AdapterDropout dropout, int layer, int projection, long[] offsets) {
        Tensor mask =
                program.call(scope, "mask", like, offsets, dropout.seeds(layer), projection, dropout.probability());
        // What a program makes without gradients may not take part in a graph; a copy may.
        return scope.floats(mask.toFloats(), mask.shape());
    }
}
