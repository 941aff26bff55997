package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The list of files that were unpacked into a folder, by which a later process checks that they are all there.
 *
 * @param lines size and name of each file
 */
record Contents(List<String> lines) {

    private static final String FILE = ".contents";

    /** Excludes the zero characters that a power loss may leave, and sizes that no file can have. */
    private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) ([^\\x00]+)");

    Contents {
        lines = List.copyOf(lines);
    }

    static Contents of(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith(FILE))
                    .sorted()
                    .toList();
            List<String> lines = new ArrayList<>();
            for (Path file : all) {
                lines.add(Files.size(file) + " " + folder.relativize(file));
            }
            return new Contents(lines);
        }
    }

    /** Writes the list atomically, even in case of a power loss. */
    void write(Path folder) throws IOException {
        Path unfinished = folder.resolve(FILE + ".unfinished");
        Files.deleteIfExists(unfinished);
        DurableFiles.write(unfinished, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        DurableFiles.rename(unfinished, folder.resolve(FILE));
    }

    static boolean isListed(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /** Whether every file exists with its size; additional files are allowed. False if the list is empty or broken. */
    static boolean isComplete(Path folder) throws IOException {
        Path list = folder.resolve(FILE);
        if (!isListed(folder)) {
            return false;
        }
        List<String> lines = new String(Files.readAllBytes(list), StandardCharsets.UTF_8)
                .lines()
                .toList();
        for (String line : lines) {
            Matcher entry = LINE.matcher(line);
            if (!entry.matches()) {
                return false;
            }
            Path file = folder.resolve(entry.group(2));
            if (!Files.isRegularFile(file) || Files.size(file) != Long.parseLong(entry.group(1))) {
                return false;
            }
        }
        return !lines.isEmpty();
    }
}
