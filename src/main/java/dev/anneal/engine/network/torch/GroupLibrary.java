package dev.anneal.engine.network.torch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The operators that open groups ({@code src/main/native}), of which the jar has a library for each platform. */
final class GroupLibrary {

    private static final String FILE = "libanneal_groups.so";

    private GroupLibrary() {}

    /**
     * Loads it once, after libtorch.
     *
     * @throws DeviceException if there is none for this platform
     */
    static void load() {
        Torch.prepareThread();
        if (Loaded.FAULT != null) {
            throw DeviceException.withoutGroups(Loaded.FAULT);
        }
    }

    private static String platform() {
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return System.getProperty("os.name").toLowerCase(Locale.ROOT)
                + "-"
                + (processor.equals("amd64") ? "x86_64" : processor);
    }

    /** The library, which the class's initialisation loads. */
    private static final class Loaded {
        /** Why it is not loaded; null if it is. */
        static final @Nullable String FAULT = load(platform());

        private static @Nullable String load(String platform) {
            try (InputStream library = GroupLibrary.class.getResourceAsStream("/native/" + platform + "/" + FILE)) {
                if (library == null) {
                    return "there is no library for " + platform;
                }
                Path copy = Files.createTempFile("anneal", FILE);
                try {
                    Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
                    System.load(copy.toString());
                } finally {
                    Files.delete(copy);
                }
                return null;
            } catch (IOException | UnsatisfiedLinkError e) {
                return String.valueOf(e.getMessage());
            }
        }
    }
}
