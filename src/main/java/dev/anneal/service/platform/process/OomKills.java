package dev.anneal.service.platform.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Number of processes that the kernel killed because memory ran out: in this process's control group, such as its
 * container, or on the whole machine if that cannot be read.
 */
final class OomKills {

    private static final String COUNTER = "oom_kill ";

    private final List<Path> counters;

    private OomKills(List<Path> counters) {
        this.counters = counters;
    }

    /** The counter for this process. */
    static OomKills ofThisProcess() {
        return in(Path.of("/"));
    }

    /**
     * @param root parent directory of {@code proc} and {@code sys}
     */
    static OomKills in(Path root) {
        Path groups = root.resolve("sys/fs/cgroup");
        List<String> memberships = lines(root.resolve("proc/self/cgroup")).toList();
        Stream<Path> second = memberships.stream()
                .filter(line -> line.startsWith("0::"))
                .map(line -> below(groups, line).resolve("memory.events"));
        Stream<Path> first = memberships.stream()
                .filter(line -> line.contains(":memory:"))
                .map(line -> below(groups.resolve("memory"), line).resolve("memory.oom_control"));
        // In a container its group may be mounted as the root, despite the path in its membership.
        Stream<Path> mounted = Stream.of(groups.resolve("memory.events"), groups.resolve("memory/memory.oom_control"));
        return new OomKills(Stream.of(second, first, mounted, Stream.of(root.resolve("proc/vmstat")))
                .flatMap(paths -> paths)
                .toList());
    }

    private static Path below(Path groups, String membership) {
        return groups.resolve(membership.substring(membership.indexOf('/') + 1));
    }

    /** The counter; empty if the kernel provides none. */
    OptionalLong count() {
        return counters.stream()
                .flatMap(counter -> counted(counter).stream())
                .mapToLong(Long::longValue)
                .findFirst();
    }

    private static Optional<Long> counted(Path counter) {
        return lines(counter)
                .filter(line -> line.startsWith(COUNTER))
                .map(line -> Long.valueOf(line.substring(COUNTER.length()).strip()))
                .findFirst();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException | RuntimeException unreadable) {
            return Stream.empty();
        }
    }
}
