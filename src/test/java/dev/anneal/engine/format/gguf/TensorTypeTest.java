package dev.anneal.engine.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers in each element type. The expected bytes are numpy's, ml_dtypes' and gguf 0.19.0's. */
class TensorTypeTest {

    @ParameterizedTest
    @CsvSource({
        "0x1p-24, 0100", "0x1.8p-25, 0100", "0x1p-25, 0000", "0x1.8p-24, 0200", "0x1.ff8p-15, ff03",
                "0x1.ffep-15, 0004",
        "1.00048828125, 003c", "1.00146484375, 023c", "65504, ff7b", "65519.996, ff7b", "65520, 007c", "-0.0, 0080",
        "-2.5, 00c1", "Infinity, 007c", "NaN, 007e"
    })
    void halfRoundsToTheNearestAndOfTwoToTheEvenOne(float value, String bytes) {
        assertThat(encoded(TensorType.F16, value)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1, 803f", "1.00390625, 803f", "1.01171875, 823f", "-3.4028235e38, 80ff", "1e-40, 0100", "NaN, c07f"})
    void bfloatRoundsToTheNearestAndOfTwoToTheEvenOne(float value, String bytes) {
        assertThat(encoded(TensorType.BF16, value)).isEqualTo(bytes);
    }

    /**
     * By 127 / 127 the scale is 1, so the numbers are their own quanta: halves go away from zero, what is just below
     * does not.
     */
    @Test
    void quantaRoundHalfAwayFromZero() {
        float[] values = new float[32];
        values[0] = 127;
        values[1] = 0.5f;
        values[2] = -0.5f;
        values[3] = 0.49999997f;
        values[4] = 2.5f;

        assertThat(encoded(TensorType.Q8_0, values)).startsWith("003c" + "7f" + "01" + "ff" + "00" + "03" + "00");
        assertThat(encoded(TensorType.Q8_0, new float[32])).isEqualTo("00".repeat(34));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsReadBackIsWithinTheLargestError(TensorType type) {
        Random random = new Random(7);
        for (double spread : new double[] {1e-7, 1e-3, 1, 1e3}) {
            float[] values = new float[3200];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (spread * random.nextGaussian());
            }
            ByteBuffer bytes =
                    ByteBuffer.allocate((int) type.byteCount(values.length)).order(ByteOrder.LITTLE_ENDIAN);
            type.encode(values, bytes);
            float[] stored = new float[values.length];
            type.decode(bytes.flip(), stored);
            float[] allowed = type.largestErrors(values);
            for (int i = 0; i < values.length; i++) {
                assertThat(Math.abs(stored[i] - values[i])).isLessThanOrEqualTo(allowed[i]);
            }
        }
    }

    private static String encoded(TensorType type, float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate((int) type.byteCount(values.length)).order(ByteOrder.LITTLE_ENDIAN);
        type.encode(values, bytes);
        return HexFormat.of().formatHex(bytes.array());
    }
}
