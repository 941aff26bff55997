package dev.anneal.service.worker.assignment;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Passes lines to a reader of a stream through a temporary file, because the lines of a job of a million steps should not be in memory. */
final class ResultFile {

    private ResultFile() {}

    /** Takes in the content of a stream. */
    interface Reader<T> {

        T read(InputStream content) throws IOException;
    }

    /**
     * @param lines hands over every line, with its end
     * @throws UncheckedIOException if this machine has no room for temporary files
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
