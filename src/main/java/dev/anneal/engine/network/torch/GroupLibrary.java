package dev.anneal.engine.network.torch;

import ai.djl.util.Utils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operators that open groups ({@code src/main/native}). The jar has a library for each platform, which combines
 * tensors of every device by Gloo. One beside libtorch's folder goes before it: for a CUDA libtorch it has NCCL.
 */
final class GroupLibrary {

    static final String FILE = "libanneal_groups.so";

    private GroupLibrary() {}

    /**
     * Loads it once, after libtorch.
     *
     * @throws DeviceException if there is none for this platform, or if it cannot be loaded
     */
    static void load() {
        Torch.prepareThread();
        if (Loaded.FAULT != null) {
            throw DeviceException.withoutGroups(Loaded.FAULT);
        }
    }

    /**
     * The library beside libtorch's folder; inside, DJL would load it, before what it needs.
     *
     * @param libtorch folder of the libtorch that DJL loads; null if that is the bundled one
     */
    static Optional<Path> beside(@Nullable String libtorch) {
        return Optional.ofNullable(libtorch)
                .map(folder -> Path.of(folder).toAbsolutePath().normalize().resolveSibling(FILE))
                .filter(Files::isRegularFile);
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
            try {
                Optional<Path> beside = beside(Utils.getEnvOrSystemProperty("PYTORCH_LIBRARY_PATH"));
                if (beside.isPresent()) {
                    System.load(beside.get().toString());
                    return null;
                }
                return loadBundled(platform);
            } catch (IOException | UnsatisfiedLinkError e) {
                return String.valueOf(e.getMessage());
            }
        }

        private static @Nullable String loadBundled(String platform) throws IOException {
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
            }
        }
    }
}
