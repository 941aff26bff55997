package dev.anneal.service.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What was unpacked into a folder, by which it is told whether all of it is still there.
 *
 * @param lines size and name of each file
 */
record Contents(List<String> lines) {

    private static final String FILE = ".contents";

    Contents {
        lines = List.copyOf(lines);
    }

    static Contents of(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.filter(Files::isRegularFile).sorted().toList();
            List<String> lines = new ArrayList<>();
            for (Path file : all) {
                lines.add(Files.size(file) + " " + folder.relativize(file));
            }
            return new Contents(lines);
        }
    }

    void write(Path folder) throws IOException {
        Files.write(folder.resolve(FILE), lines);
    }

    static boolean areListed(Path folder) {
        return Files.isRegularFile(folder.resolve(FILE));
    }

    /** Whether every file is there and as long as it was; further ones do no harm. */
    static boolean areWhole(Path folder) throws IOException {
        Path list = folder.resolve(FILE);
        if (!areListed(folder)) {
            return false;
        }
        for (String line : Files.readAllLines(list)) {
            int space = line.indexOf(' ');
            Path file = folder.resolve(line.substring(space + 1));
            if (!Files.isRegularFile(file) || Files.size(file) != Long.parseLong(line.substring(0, space))) {
                return false;
            }
        }
        return true;
    }
}
