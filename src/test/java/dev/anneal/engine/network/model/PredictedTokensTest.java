package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A token counts as predicted when the model thinks it more likely than every other one. A model that has no opinion
 * predicts nothing.
 */
class PredictedTokensTest {

    // #17
    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 0, 0, 0, 0, 0", "BFLOAT16, 0, 0, 0, 0, 0",
        "FLOAT32, 2, 2, 1, 0, 0", "BFLOAT16, 2, 2, 1, 0, 0",
        "FLOAT32, 2, 1, 1, 0, 1", "BFLOAT16, 2, 1, 1, 0, 1",
        "FLOAT32, -2, 1, 1, 0, 0", "BFLOAT16, -2, 1, 1, 0, 0"
    })
    void aTieIsNoHit(ElementType precision, float target, float second, float third, float fourth, double hits) {
        float[] table = new float[16];
        float[] logits = {target, second, third, fourth};
        for (int token = 0; token < 4; token++) {
            table[4 * token] = logits[token];
        }
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            List<Tensor> results = Program.load(scope, DecoderProgram.PARTS, "Decoder", ConfidentTargetTest.ATTRIBUTES)
                    .callForList(
                            scope,
                            "head",
                            tensor(scope, precision, new float[] {1, 1, 1, 1}, 1, 4),
                            tensor(scope, precision, new float[] {1, 1, 1, 1}, 4),
                            tensor(scope, precision, table, 4, 4),
                            scope.longs(new long[] {0}, 1),
                            scope.longs(new long[] {0}, 1),
                            scope.floats(new float[0], 0),
                            1.0,
                            List.of(),
                            true);

            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            assertThat(results.get(0).toDoubles()[1]).isEqualTo(hits);
            assertThat(results.get(0).toDoubles()[0]).isCloseTo(Math.log(sum) - target, within(1e-5));
        }
    }

    private static Tensor tensor(TensorScope scope, ElementType precision, float[] values, long... shape) {
        return scope.floats(values, shape).to(scope, precision);
    }
}
