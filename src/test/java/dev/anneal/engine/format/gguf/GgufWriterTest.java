package dev.anneal.engine.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as a reader of its own sees them, and as {@link GgufFile} does. */
class GgufWriterTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void fileHoldsMetadataOfEveryTypeAndAlignedTensors() throws IOException {
        Metadata metadata = new Metadata()
                .text("general.architecture", "llama")
                .count("llama.block_count", 2)
                .number("llama.rope.freq_base", 1e4f)
                .flag("tokenizer.ggml.add_bos_token", true)
                .texts("tokenizer.ggml.tokens", List.of("a", "Ġü", ""))
                .integers("tokenizer.ggml.token_type", new int[] {1, -3})
                .numbers("tokenizer.ggml.scores", new float[] {0.5f, -1000});
        Path file = folder.resolve("model.gguf");
        GgufWriter.write(file, metadata, List.of(tensor("b", TensorType.F16, 3, 5), tensor("a", TensorType.F32, 2, 1)));

        GgufContents contents = GgufContents.read(file);
        assertThat(contents.metadata())
                .containsEntry("general.architecture", "llama")
                .containsEntry("llama.block_count", 2)
                .containsEntry("llama.rope.freq_base", 1e4f)
                .containsEntry("tokenizer.ggml.add_bos_token", true)
                .containsEntry("tokenizer.ggml.tokens", List.of("a", "Ġü", ""))
                .containsEntry("tokenizer.ggml.token_type", List.of(1, -3))
                .containsEntry("tokenizer.ggml.scores", List.of(0.5f, -1000f));
        assertThat(contents.tensors()).containsOnlyKeys("b", "a");
        assertThat(contents.tensor("b").shape()).containsExactly(3L, 5L);
        assertThat(contents.tensor("b").numbers()).startsWith(0, 1, 2).endsWith(14);
        assertThat(contents.tensor("a").numbers()).containsExactly(0, 1);
    }

    @Test
    void numbersAreReadBackInParts() throws IOException {
        Path file = folder.resolve("model.gguf");
        GgufWriter.write(
                file,
                new Metadata().texts("tokenizer.ggml.tokens", List.of("x")).flag("f", false),
                List.of(tensor("n", TensorType.F32, 1, 7), tensor("q", TensorType.Q8_0, 2, 64)));

        assertThat(GgufContents.read(file).tensors().keySet()).containsExactly("n", "q");
        try (GgufFile read = GgufFile.open(file)) {
            assertThat(read.numbers("n", 3, 2)).containsExactly(3, 4);
            assertThat(read.numbers("q", 64, 32)[31]).isCloseTo(95, within(0.5f));
            assertThatThrownBy(() -> read.numbers("n", 3, 5)).hasMessageContaining("no numbers 3 to 8 in tensor 'n'");
        }
    }

    @Test
    void tensorThatGivesTooLittleIsRefused() {
        GgufTensor tensor = new GgufTensor("n", TensorType.F32, List.of(2L, 2L), rows -> rows.write(new float[2]));

        assertThatThrownBy(() -> GgufWriter.write(folder.resolve("x.gguf"), new Metadata(), List.of(tensor)))
                .hasMessage("tensor 'n' of F32 [2, 2] needs 16 bytes but wrote 8");
    }

    @Test
    void rowsOfNoWholeBlocksAndLongNamesAreRefused() {
        assertThatThrownBy(() -> tensor("n", TensorType.Q8_0, 32, 33))
                .hasMessage("tensor 'n' of shape [32, 33] has no whole blocks of Q8_0 in its rows");
        String name = "n".repeat(64);
        assertThatThrownBy(() -> GgufWriter.write(
                        folder.resolve("x.gguf"), new Metadata(), List.of(tensor(name, TensorType.F32, 1, 1))))
                .hasMessageContaining("longer than the 63 bytes that ggml reads");
    }

    /** Counts up from 0, a row at a time. */
    private static GgufTensor tensor(String name, TensorType type, int rows, int columns) {
        float[] numbers = new float[rows * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        return new GgufTensor(name, type, List.of((long) rows, (long) columns), to -> {
            for (int row = 0; row < rows; row++) {
                to.write(Arrays.copyOfRange(numbers, row * columns, (row + 1) * columns));
            }
        });
    }
}
