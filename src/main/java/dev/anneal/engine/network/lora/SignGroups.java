package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Arrays;
import java.util.List;

/** The masters of A as the decoder has them, where each group of outputs has A with {@link Signs} of its own. */
final class SignGroups {

    private final TensorScope scope;
    private final Program program;
    private final AdapterLayout layout;
    private final int groups;
    private final Tensor signs;

    /** @param program of adapters */
    SignGroups(TensorScope scope, Program program, AdapterLayout layout, int groups) {
        this.scope = scope;
        this.program = program;
        this.layout = layout;
        this.groups = groups;
        int widest =
                Math.toIntExact(Arrays.stream(layout.columnsOfSlots()).max().orElse(0));
        this.signs = scope.floats(Signs.of(groups, widest), groups, widest);
    }

    /** Overwrites the applied A of all projections, flat, with the masters. */
    void spread(Tensor masters, Tensor applied) {
        if (groups == 1) {
            program.call(scope, "overwrite", applied, masters).close();
            return;
        }
        try (TensorScope step = scope.child()) {
            program.call(step, "spread", ofMasters(step, masters), ofApplied(step, applied), signs);
        }
    }

    /** Overwrites a gradient of the masters, flat, with that of the applied A. */
    Runnable gathering(TensorScope owner, Tensor masters, Tensor applied) {
        if (groups == 1) {
            return () -> {};
        }
        List<Tensor> gradients = ofMasters(owner, masters);
        List<Tensor> ofApplied = ofApplied(owner, applied);
        return () -> {
            try (TensorScope step = owner.child()) {
                program.call(step, "gather", gradients, ofApplied, signs);
            }
        };
    }

    private List<Tensor> ofMasters(TensorScope owner, Tensor flat) {
        return program.callForList(owner, "views", flat, layout.rowsOfSlots(), layout.columnsOfSlots());
    }

    private List<Tensor> ofApplied(TensorScope owner, Tensor flat) {
        return program.callForList(owner, "views", flat, layout.rowsOfAppliedSlots(), layout.columnsOfSlots());
    }
}
