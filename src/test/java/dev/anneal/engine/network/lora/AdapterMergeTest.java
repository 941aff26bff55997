package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The merged weight is the fp32 sum, rounded once, and what rounding does is counted. */
class AdapterMergeTest {

    private final TensorScope scope = TensorScope.open(TestDevice.NAME);
    private final AdapterMerge merge = new AdapterMerge(scope);

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void sumIsThatOfTheFormula() {
        Tensor weight = scope.floats(new float[] {1, 2, 3, 4}, 2, 2);
        Tensor a = scope.floats(new float[] {1, -1}, 1, 2);
        Tensor b = scope.floats(new float[] {0.5f, 0}, 2, 1);

        AdapterMerge.Merged merged = merge.merge(scope, weight, a, b, 2, ElementType.FLOAT32);

        assertThat(merged.weight().toFloats()).containsExactly(2, 1, 3, 4);
        assertThat(merged.tally()).isEqualTo(new MergeTally(4, 2, 2, 0, 0, 0));
    }

    /**
     * bf16 has 8 bits of mantissa: next to 1 it knows steps of 1/128 only, so 1 + 1/512 is rounded away and 1 + 1/128
     * is not.
     */
    @Test
    void roundingIsCounted() {
        Tensor weight = scope.floats(new float[] {1, 1}, 1, 2).to(scope, ElementType.BFLOAT16);
        Tensor a = scope.floats(new float[] {1f / 512, 1f / 128}, 1, 2);
        Tensor b = scope.floats(new float[] {1}, 1, 1);

        AdapterMerge.Merged merged = merge.merge(scope, weight, a, b, 1, ElementType.BFLOAT16);

        assertThat(merged.weight().elementType()).isEqualTo(ElementType.BFLOAT16);
        assertThat(merged.weight().toFloats()).containsExactly(1, 1 + 1f / 128);
        MergeTally tally = merged.tally();
        assertThat(tally.deltas()).isEqualTo(2);
        assertThat(tally.unchangedFraction()).isEqualTo(0.5);
        assertThat(tally.maxError()).isEqualTo(1.0 / 512, within(1e-9));
        assertThat(tally.meanError()).isEqualTo(1.0 / 1024, within(1e-9));
    }

    @Test
    void weightsThatAreNoNumbersAreCounted() {
        Tensor weight = scope.floats(new float[] {1, 1, 1}, 3, 1);
        Tensor a = scope.floats(new float[] {1}, 1, 1);
        Tensor b = scope.floats(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0}, 3, 1);

        assertThat(merge.merge(scope, weight, a, b, 1, ElementType.FLOAT32)
                        .tally()
                        .nonFinite())
                .isEqualTo(2);
    }

    /**
     * fp16 ends at 65,504, and 65,520 is the first that rounds to its infinity. What was no number before is no
     * overflow.
     */
    @Test
    void weightsTooLargeForAnotherTypeAreCounted() {
        Tensor weight = scope.floats(new float[] {65_519, -65_520, 7e4f, Float.POSITIVE_INFINITY}, 2, 2);

        AdapterMerge.Converted converted = merge.convert(scope, weight, ElementType.FLOAT16);

        assertThat(converted.overflows()).isEqualTo(2);
        assertThat(converted.weight().elementType()).isEqualTo(ElementType.FLOAT16);
        assertThat(converted.weight().toFloats()).startsWith(65_504, Float.NEGATIVE_INFINITY);
        assertThat(merge.convert(scope, weight, ElementType.BFLOAT16).overflows())
                .isZero();
    }

    @Test
    void talliesAdd() {
        MergeTally sum = new MergeTally(4, 2, 2, 1, 0.5, 0).plus(new MergeTally(4, 1, 3, 2, 0.25, 1));

        assertThat(sum).isEqualTo(new MergeTally(8, 3, 5, 3, 0.5, 1));
        assertThat(MergeTally.NOTHING.meanError()).isZero();
        assertThat(MergeTally.NOTHING.unchangedFraction()).isZero();
    }
}
