package dev.anneal.service.models.catalog;

import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.util.FileSystemUtils;

/** Unpacks the model that is in the jar, because an engine process maps its weights from a file. */
final class BundledModel {

    private static final String RESOURCES = "/models/" + BaseModel.BUNDLED + "/";

    private static final List<String> FILES = List.of(
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json");

    private BundledModel() {}

    /**
     * Ensures that {@code directory} holds the model of this jar. A folder of another version is moved away, never
     * overwritten: a running engine process may have mapped its files.
     */
    static void unpack(Path directory) throws IOException {
        Path parent = Objects.requireNonNull(directory.toAbsolutePath().getParent());
        PrivateFiles.createFolders(parent);
        Path lock = parent.resolve("." + directory.getFileName() + ".lock");
        // Another process of this machine started at the same time.
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();
            if (!isCurrent(directory)) {
                replace(directory, parent);
            }
        }
    }

    private static boolean isCurrent(Path directory) throws IOException {
        for (String name : FILES) {
            Path file = directory.resolve(name);
            if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), content(name))) {
                return false;
            }
        }
        return true;
    }

    private static void replace(Path directory, Path parent) throws IOException {
        Path fresh = PrivateFiles.createFolder(parent.resolve("." + UUID.randomUUID()));
        for (String name : FILES) {
            Files.write(fresh.resolve(name), content(name));
        }
        if (Files.exists(directory)) {
            Path old = parent.resolve("." + UUID.randomUUID());
            Files.move(directory, old, StandardCopyOption.ATOMIC_MOVE);
            Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
            FileSystemUtils.deleteRecursively(old);
        } else {
            Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static byte[] content(String name) throws IOException {
        try (InputStream resource = BundledModel.class.getResourceAsStream(RESOURCES + name)) {
            if (resource == null) {
                throw new IOException("the jar lacks " + RESOURCES + name);
            }
            return resource.readAllBytes();
        }
    }
}
