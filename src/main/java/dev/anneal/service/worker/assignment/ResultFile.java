package dev.anneal.service.worker.assignment;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Passes lines to a reader of a stream through a temporary file, to keep the lines of a job with a million steps out of
 * memory.
 */
final class ResultFile {

    private ResultFile() {}

    /** Reads the content of a stream. */
    interface Reader<T> {

        T read(InputStream content) throws IOException;
    }

    /**
     * @param lines passes on every line, with its line break
     * @throws UncheckedIOException if this machine has no space for temporary files
     */
    static <T> T store(Consumer<Consumer<String>> lines, Reader<T> reader) {
        try {
            Path file = Files.createTempFile("step-metrics-", ".csv");
            try {
                try (BufferedWriter writer = Files.newBufferedWriter(file)) {
                    lines.accept(line -> write(writer, line));
                }
                try (InputStream content = Files.newInputStream(file)) {
                    return reader.read(content);
                }
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary file cannot be used", e);
        }
    }

    private static void write(BufferedWriter writer, String line) {
        try {
            writer.write(line);
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary file cannot be written", e);
        }
    }
}
