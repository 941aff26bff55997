package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The head's loss and gradient where the model is sure of the target: 1 - p is 0.001, and bf16 has no number between
 * 0.998 and 1. All inputs are exact in bf16, so that only the head's own roundings show.
 */
class ConfidentTargetTest {

    /** Of a decoder whose head alone is asked. */
    static final Map<String, Number> ATTRIBUTES = Map.ofEntries(
            Map.entry("eps", 1e-9),
            Map.entry("heads", 1),
            Map.entry("gain_offset", 0.0),
            Map.entry("gain_rounds", 1),
            Map.entry("whole_norms", 0),
            Map.entry("gate", 0),
            Map.entry("embedding_rounds", 0),
            Map.entry("attention_scale", 1.0),
            Map.entry("embedding_scale", 1.0),
            Map.entry("logit_divisor", 1.0),
            Map.entry("kv_heads", 1),
            Map.entry("head_size", 2),
            Map.entry("chunk", 1),
            Map.entry("few", 1),
            Map.entry("block", 1),
            Map.entry("window", 0),
            Map.entry("padding", -1));

    /** Probability of each of the three other tokens: their logits are 0 and the target's is 8. */
    private static final double OTHER = Math.exp(-8) / (1 + 3 * Math.exp(-8));

    /**
     * Logits that are as much larger as the temperature divides them by give the same loss, and the same gradient of
     * what they are made from.
     */
    @ParameterizedTest
    @CsvSource({"FLOAT32,1", "BFLOAT16,1", "FLOAT32,2", "BFLOAT16,2"})
    void lossAndGradientAreTheClosedForm(ElementType precision, double temperature) {
        float[] table = {3, 1, 3, 1, 1, 1, -1, -1, 1, -1, -1, 1, -1, -1, 1, 1};
        for (int i = 0; i < table.length; i++) {
            table[i] *= (float) temperature;
        }
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            List<Tensor> results = Program.load(scope, DecoderProgram.PARTS, "Decoder", ATTRIBUTES)
                    .callForList(
                            scope,
                            "head",
                            tensor(scope, precision, new float[] {1, 1, 1, 1}, 1, 4),
                            tensor(scope, precision, new float[] {1, 1, 1, 1}, 4),
                            tensor(scope, precision, table, 4, 4),
                            scope.longs(new long[] {0}, 1),
                            scope.longs(new long[] {0}, 1),
                            scope.floats(new float[0], 0),
                            temperature,
                            List.of(),
                            true);

            assertThat(results.get(0).toDoubles()[0])
                    .isCloseTo(Math.log1p(3 * Math.exp(-8)), within(TestDevice.tolerance(2e-7)));
            // The norm takes out what is parallel to x: -(1 - p) (1, -1, 1, -1) + OTHER (1, -1, -1, 1), 1 - p = 3
            // OTHER.
            double[] expected = {-2 * OTHER, 2 * OTHER, -4 * OTHER, 4 * OTHER};
            double[] gradient = results.get(2).toDoubles();
            for (int i = 0; i < expected.length; i++) {
                assertThat(gradient[i]).isCloseTo(expected[i], within(TestDevice.tolerance(tolerance(precision))));
            }
        }
    }

    /**
     * fp32: the probability, 0.999, errs by up to 1e-7. bf16: besides, three roundings of numbers up to 9 times OTHER.
     */
    private static double tolerance(ElementType precision) {
        return precision == ElementType.FLOAT32 ? 5e-7 : OTHER * 9 * 3 / 512;
    }

    private static Tensor tensor(TensorScope scope, ElementType precision, float[] values, long... shape) {
        return scope.floats(values, shape).to(scope, precision);
    }
}
