package dev.anneal.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/** An index is refused, or it names each tensor of its two shards and nothing else. */
final class ShardIndexBody implements FuzzBody {

    private final Path folder;

    ShardIndexBody(Path scratch) throws IOException {
        folder = scratch;
        writeShard("a.safetensors", "t1");
        writeShard("b.safetensors", "t2");
    }

    private void writeShard(String name, String tensor) throws IOException {
        byte[] header =
                ("{\"" + tensor + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}").getBytes(UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + header.length + 1).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve(name), file.putLong(header.length).put(header).array());
    }

    @Override
    public void read(byte[] input) throws IOException {
        Files.write(folder.resolve(WeightDirectory.INDEX), input);
        try (WeightDirectory directory = WeightDirectory.open(folder)) {
            Assertions.assertThat(directory.names()).isSubsetOf("t1", "t2").isNotEmpty();
            directory.names().forEach(directory::entry);
        } catch (SafetensorsException refused) {
            Assertions.assertThat(refused).hasMessageContaining(folder.toString());
        }
    }
}
