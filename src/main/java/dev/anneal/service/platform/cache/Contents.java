package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.DurableFiles;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The list of files of a finished folder, stored in it, by which a later process checks that they are all there.
 *
 * @param files bytes of each file by its name
 */
record Contents(Map<String, Long> files) {

    private static final String FILE = ".contents.json";

    Contents {
        files = Map.copyOf(files);
    }

    static Contents of(Path folder) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                if (!String.valueOf(file.getFileName()).startsWith(FILE)) {
                    files.put(folder.relativize(file).toString(), Files.size(file));
                }
            }
        }
        return new Contents(files);
    }

    long bytes() {
        return files.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Writes the list atomically, even in case of a power loss. */
    void write(Path folder) throws IOException {
        Path unfinished = folder.resolve(FILE + ".unfinished");
        Files.deleteIfExists(unfinished);
        DurableFiles.write(unfinished, JsonMapper.shared().writeValueAsBytes(this));
        DurableFiles.rename(unfinished, folder.resolve(FILE));
    }

    static boolean areListed(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /** The list of a folder; empty if there is none, or a broken one. */
    static Optional<Contents> listedIn(Path folder) throws IOException {
        try {
            byte[] list = Files.readAllBytes(folder.resolve(FILE));
            return Optional.ofNullable(JsonMapper.shared().readValue(list, Contents.class));
        } catch (FileSystemException | JacksonException noneOrBroken) {
            return Optional.empty();
        }
    }

    /** Whether every file of a folder's list exists with its size; false without a list, or with an empty one. */
    static boolean areComplete(Path folder) throws IOException {
        return listedIn(folder)
                .filter(contents -> !contents.files().isEmpty())
                .filter(contents -> contents.files().entrySet().stream()
                        .allMatch(file -> hasBytes(folder.resolve(file.getKey()), file.getValue())))
                .isPresent();
    }

    private static boolean hasBytes(Path file, long bytes) {
        return Files.isRegularFile(file) && file.toFile().length() == bytes;
    }
}
