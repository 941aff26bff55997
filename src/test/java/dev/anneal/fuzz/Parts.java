package dev.anneal.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Several files in one input, one behind the other with a record separator (U+001E) between them, which JSON never
 * holds.
 */
final class Parts {

    private static final byte SEPARATOR = 0x1E;

    private Parts() {}

    /** Writes the files of an input; those without a part are deleted. The last file takes what is left. */
    static void write(Path folder, byte[] input, List<String> names) throws IOException {
        int from = 0;
        for (int i = 0; i < names.size(); i++) {
            Path file = folder.resolve(names.get(i));
            if (from > input.length) {
                Files.deleteIfExists(file);
                continue;
            }
            int to = i + 1 < names.size() ? end(input, from) : input.length;
            Files.write(file, Arrays.copyOfRange(input, from, to));
            from = to + 1;
        }
    }

    private static int end(byte[] input, int from) {
        for (int i = from; i < input.length; i++) {
            if (input[i] == SEPARATOR) {
                return i;
            }
        }
        return input.length;
    }
}
