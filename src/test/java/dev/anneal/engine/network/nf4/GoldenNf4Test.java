package dev.anneal.engine.network.nf4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withPrecision;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.Nf4Tensors;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights in 4 bits are bit by bit those of bitsandbytes. */
class GoldenNf4Test {

    private static final Path GOLDEN = GoldenTensors.path("nf4/weights.safetensors");

    @Test
    void theCodeBooksAreThoseOfBitsandbytes() throws IOException {
        try (SafetensorsFile golden = SafetensorsFile.open(GOLDEN)) {
            assertThat(floats(golden, "wide.float32.nested.quant_map")).isEqualTo(CodeBooks.NF4);
            // Last bits of bitsandbytes' depend on the processor: torch.linspace adds up in vectors.
            assertThat(CodeBooks.dynamic())
                    .containsExactly(floats(golden, "wide.float32.nested.nested_quant_map"), withPrecision(1e-7f));
        }
    }

    @ParameterizedTest
    @CsvSource({"wide,float32", "wide,bfloat16", "narrow,float32", "narrow,bfloat16", "ragged,float32", "odd,bfloat16"})
    void aWeightIsQuantisedAsBitsandbytesDoes(String weight, String type) throws IOException {
        String name = weight + "." + type;
        try (SafetensorsFile golden = SafetensorsFile.open(GOLDEN);
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Nf4Matrix made = new Nf4Program(scope).quantized(scope, tensor(scope, golden, name + ".original"));

            ByteBuffer packed = golden.bytes(name + ".nested");
            assertThat(made.packed().toBytes().slice(0, packed.remaining())).isEqualTo(packed);
            assertThat(made.magnitudes().toBytes().array()).isEqualTo(bytes(golden, name + ".nested.absmax"));
            assertThat(made.nested().toFloats()).isEqualTo(floats(golden, name + ".nested.nested_absmax"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wide,float32,nested",
        "wide,bfloat16,nested",
        "wide,bfloat16,plain",
        "narrow,float32,plain",
        "narrow,bfloat16,nested",
        "ragged,float32,nested",
        "ragged,bfloat16,plain",
        "odd,bfloat16,nested",
        "odd,float32,plain"
    })
    void whatBitsandbytesHasWrittenIsTurnedBackAsItDoes(
            String weight, String type, String magnitudes, @TempDir Path folder) throws IOException {
        String name = weight + "." + type + "." + magnitudes;
        Files.copy(GOLDEN, folder.resolve("model.safetensors"));
        try (WeightDirectory files = WeightDirectory.open(folder);
                SafetensorsFile golden = SafetensorsFile.open(GOLDEN);
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Nf4Program program = new Nf4Program(scope);
            Tensor expected = tensor(scope, golden, name + ".dequantized");
            Tensor out = scope.zeros(expected.elementType(), expected.shape());

            program.dequantize(scope, program.read(scope, files, name), out, 0);

            assertThat(Nf4Tensors.has(files, name)).isTrue();
            assertThat(out.toBytes()).isEqualTo(expected.toBytes());
        }
    }

    @Test
    void matricesOfSeveralChunksAreTheSame() throws IOException {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Nf4Program program = new Nf4Program(scope);
            float[] values = new float[3 * (1 << 17) + 64];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i) * (1 + i / 64 % 100);
            }
            Tensor whole = scope.floats(values, values.length / 64, 64);

            float[] together = roundTrip(scope, program, whole);

            for (int begin : new int[] {0, 1 << 18, values.length - 64}) {
                for (int i = begin; i < begin + 64; i++) {
                    // Half the widest gap between values, and that between magnitudes.
                    float nearest = 0.16f * (1 + i / 64 % 100) + 0.4f;
                    assertThat(Math.abs(together[i] - values[i])).isLessThan(nearest);
                }
            }
        }
    }

    private static float[] roundTrip(TensorScope scope, Nf4Program program, Tensor matrix) {
        Tensor out = scope.zeros(ElementType.FLOAT32, matrix.shape());
        program.dequantize(scope, program.quantized(scope, matrix), out, 0);
        return out.toFloats();
    }

    private static Tensor tensor(TensorScope scope, SafetensorsFile file, String name) throws IOException {
        List<Long> shape = file.entry(name).shape();
        return scope.ofBytes(
                file.bytes(name),
                ElementType.of(file.entry(name).dtype()).orElseThrow(),
                shape.stream().mapToLong(Long::longValue).toArray());
    }

    private static byte[] bytes(SafetensorsFile file, String name) throws IOException {
        ByteBuffer mapped = file.bytes(name);
        byte[] bytes = new byte[mapped.remaining()];
        mapped.get(bytes);
        return bytes;
    }

    private static float[] floats(SafetensorsFile file, String name) throws IOException {
        ByteBuffer bytes = file.bytes(name);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
