package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.List;
import java.util.Map;

/**
 * Merges an adapter into frozen weights, a block of rows at a time: {@code W = cast(fp32(W0) + s B A)}. The sum is
 * computed in fp32 and rounded once; adding a bf16 delta to a bf16 weight would round small deltas twice.
 */
public final class AdapterMerge {

    private final Program program;

    /**
     * @param owner scope that owns the program
     */
    public AdapterMerge(TensorScope owner) {
        program = Program.load(owner, "merge", "Merge", Map.of());
    }

    /**
     * Merges rows.
     *
     * @param scope owner of the result
     * @param weight [rows, in], frozen
     * @param a [r, in], fp32
     * @param b [rows, r], fp32: the same rows
     * @param scale s
     * @param type of the merged weights
     */
    public Merged merge(TensorScope scope, Tensor weight, Tensor a, Tensor b, double scale, ElementType type) {
        try (TensorScope step = scope.child();
                Tensor like = step.zeros(type, 1)) {
            return merged(weight, program.callForList(scope, "merge", weight, a, b, scale, like));
        }
    }

    /**
     * Replaces frozen rows by trained ones.
     *
     * @param scope owner of the result
     * @param weight [rows, in] or [rows], frozen
     * @param trained of the same shape, fp32
     * @param type of the rows that are returned, rounded once
     */
    public Merged replace(TensorScope scope, Tensor weight, Tensor trained, ElementType type) {
        try (TensorScope step = scope.child();
                Tensor like = step.zeros(type, 1)) {
            return merged(weight, program.callForList(scope, "replace", weight, trained, like));
        }
    }

    /**
     * Converts rows without trained values to another type.
     *
     * @param scope owner of the result
     * @param weight [rows, in] or [rows], frozen
     */
    public Converted convert(TensorScope scope, Tensor weight, ElementType type) {
        try (TensorScope step = scope.child();
                Tensor like = step.zeros(type, 1)) {
            List<Tensor> results = program.callForList(scope, "convert", weight, like);
            try (Tensor overflows = results.get(1)) {
                return new Converted(results.get(0), (long) overflows.toDoubles()[0]);
            }
        }
    }

    private static Merged merged(Tensor weight, List<Tensor> results) {
        try (Tensor tally = results.get(1)) {
            double[] counts = tally.toDoubles();
            return new Merged(
                    results.get(0),
                    new MergeTally(weight.elements(), (long) counts[0], (long) counts[1], counts[2], counts[3], (long)
                            counts[4]));
        }
    }

    /**
     * Rows in another type.
     *
     * @param overflows finite weights that are not finite in it
     */
    public record Converted(Tensor weight, long overflows) {}

    /** Merged rows and the effects of merging. */
    public record Merged(Tensor weight, MergeTally tally) {}
}
