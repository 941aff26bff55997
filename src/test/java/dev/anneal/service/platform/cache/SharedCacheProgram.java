package dev.anneal.service.platform.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** A process that uses the cache, as a service does. */
final class SharedCacheProgram {

    static final int UNPACKED = 10;
    static final int FOUND = 11;

    /** No log holds it. */
    private static final int SIGN = 7;

    private SharedCacheProgram() {}

    /** @param more {@code hang}: says so while it unpacks, and never ends; {@code stay}: when it has the folder */
    static Process start(Path cache, String version, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SharedCacheProgram.class.getName(),
                cache.toString(),
                version));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Waits until a process that hangs or stays has come so far. */
    static void awaitSign(Process process) throws IOException {
        int said = process.getInputStream().read();
        while (said != SIGN) {
            if (said < 0) {
                throw new AssertionError("the process has ended");
            }
            said = process.getInputStream().read();
        }
    }

    public static void main(String[] arguments) {
        String more = arguments.length > 2 ? arguments[2] : "";
        AtomicBoolean unpacked = new AtomicBoolean();
        Path folder = new SharedCache(Path.of(arguments[0])).folder("thing", arguments[1], target -> {
            unpacked.set(true);
            Files.writeString(target.resolve("a"), "a");
            if (more.equals("hang")) {
                sayAndStay();
            }
            fill(target);
        });
        if (more.equals("stay")) {
            sayAndStay();
        }
        if (!Files.exists(folder.resolve("a")) || !Files.exists(folder.resolve("b"))) {
            System.exit(1);
        }
        System.exit(unpacked.get() ? UNPACKED : FOUND);
    }

    static void fill(Path target) throws IOException {
        Files.writeString(target.resolve("a"), "a");
        Files.writeString(target.resolve("b"), "bb");
    }

    private static void sayAndStay() {
        System.out.write(SIGN);
        System.out.flush();
        while (true) {
            LockSupport.park();
        }
    }
}
