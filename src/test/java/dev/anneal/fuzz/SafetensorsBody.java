package dev.anneal.fuzz;

import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/** A file is refused, or every tensor that it offers can be read, whole and in blocks. */
final class SafetensorsBody implements FuzzBody {

    private static final int BLOCK_BYTES = 16;
    private static final int READ_TENSORS = 20;

    private final Path file;

    SafetensorsBody(Path scratch) {
        file = scratch.resolve("input.safetensors");
    }

    @Override
    public void read(byte[] input) throws IOException {
        Files.write(file, input);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            long total = opened.tensors().values().stream()
                    .mapToLong(TensorEntry::byteCount)
                    .sum();
            Assertions.assertThat(total).isBetween(0L, (long) input.length);
            for (TensorEntry tensor :
                    opened.tensors().values().stream().limit(READ_TENSORS).toList()) {
                Assertions.assertThat(opened.bytes(tensor.name()).remaining()).isEqualTo((int) tensor.byteCount());
                readBlocks(opened, tensor);
            }
        } catch (SafetensorsException refused) {
            Assertions.assertThat(refused).hasMessageContaining(file.toString());
        }
    }

    private static void readBlocks(SafetensorsFile opened, TensorEntry tensor) throws IOException {
        long bytes = 0;
        for (RowBlock block : RowBlock.of(tensor, Math.max(BLOCK_BYTES, (int) tensor.byteCount() / 4))) {
            bytes += opened.bytes(tensor.name(), block.offset(), block.byteCount())
                    .remaining();
        }
        Assertions.assertThat(bytes).isEqualTo(tensor.byteCount());
    }
}
