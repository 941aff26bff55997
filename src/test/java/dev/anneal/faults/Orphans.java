package dev.anneal.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Processes that an installation has left behind. */
final class Orphans {

    private static final Duration GRACE = Duration.ofSeconds(30);

    private Orphans() {}

    /**
     * Process ids of those whose working directory lies below {@code folder}, after some time in which they may end by
     * themselves.
     */
    static List<Long> below(Path folder) throws InterruptedException {
        long deadline = System.nanoTime() + GRACE.toNanos();
        List<Long> left = now(folder);
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(200);
            left = now(folder);
        }
        return left;
    }

    private static List<Long> now(Path folder) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> directoryOf(pid).startsWith(folder))
                .toList();
    }

    private static Path directoryOf(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
        } catch (IOException ended) {
            return Path.of("/");
        }
    }
}
