package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.util.List;
import java.util.Map;

/** The methods of {@code torchscript/adapter.py}: one Java method for each. */
final class AdapterProgram {

    private final Program program;

    AdapterProgram(Scope owner) {
        this.program = Program.load(owner, "adapter", "Adapter", Map.of());
    }

    /** Matrices that lie one after another in a flat tensor, sharing its memory. */
    List<Tensor> views(Scope scope, Tensor flat, long[] rows, long[] columns) {
        return program.callForList(scope, "views", flat, rows, columns);
    }

    /** @param b the B of each group, one under another; blocks take them times the scale, each in its place */
    void place(Scope scope, List<Tensor> b, List<Tensor> blocks, AdapterLayout layout, double scale) {
        program.call(scope, "place", b, blocks, layout.counts(), layout.flatParts(), scale)
                .close();
    }

    /** @param values converted to the target's type */
    void overwrite(Scope scope, Tensor target, Tensor values) {
        program.call(scope, "overwrite", target, values).close();
    }
}
