package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Shards of exports that have not ended. */
final class LeftShards {

    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private LeftShards() {}

    /** Returns as soon as so many shards are complete. */
    static void await(Path parent, int count) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (in(parent).size() < count) {
            assertThat(System.nanoTime()).as("no %d shards", count).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** The shards that have a whole receipt, with what tells a file from another of the same name. */
    static Map<Path, Object> in(Path parent) throws IOException {
        Map<Path, Object> shards = new TreeMap<>();
        if (!Files.isDirectory(parent)) {
            return shards;
        }
        try (Stream<Path> tree = Files.walk(parent)) {
            for (Path receipt : tree.filter(path -> path.toString().endsWith(".safetensors.json"))
                    .filter(LeftShards::isWhole)
                    .toList()) {
                Path content = receipt.resolveSibling("../content").normalize();
                Path shard = content.resolve(receipt.getFileName().toString().replace(".json", ""));
                shards.put(shard, identity(shard));
            }
        } catch (UncheckedIOException | NoSuchFileException changing) {
            return shards;
        }
        return shards;
    }

    /** A killed process may leave a receipt that is empty or cut off. */
    private static boolean isWhole(Path receipt) {
        try {
            return Files.readString(receipt).endsWith("}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Object identity(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino") + " " + Files.getLastModifiedTime(file);
    }

    static void change(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    static void cutOff(Path file) throws IOException {
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
    }

    static void assertSameFiles(Path folder, Path expected) throws IOException {
        assertThat(names(folder)).isEqualTo(names(expected));
        for (String name : names(expected)) {
            assertThat(folder.resolve(name)).hasSameBinaryContentAs(expected.resolve(name));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
