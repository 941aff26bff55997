package dev.anneal.engine.network.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Runs the ranks of a group on threads of this process. */
public final class TestGroup {

    private TestGroup() {}

    /** Work of a rank. */
    public interface RankWork<T> {

        T run(ProcessGroup group) throws IOException;
    }

    /** Results of all ranks, or the first failure of one. */
    public static <T> List<T> run(int size, RankWork<T> work) throws IOException {
        return run(size, Duration.ofMinutes(2), work);
    }

    /** @param timeout longest wait of a rank for another one */
    public static <T> List<T> run(int size, Duration timeout, RankWork<T> work) throws IOException {
        Path folder = Files.createTempDirectory("group");
        // Ranks that another one's failure leaves may still use it when this returns.
        folder.toFile().deleteOnExit();
        Path store = folder.resolve("store");
        store.toFile().deleteOnExit();
        return run(size, "file:" + store, timeout, work);
    }

    /** @param store where the ranks meet */
    static <T> List<T> run(int size, String store, Duration timeout, RankWork<T> work) {
        ProcessGroup.Meeting meeting = new ProcessGroup.Meeting("test-" + store, store, "127.0.0.1", timeout);
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            List<CompletableFuture<T>> running = IntStream.range(0, size)
                    .mapToObj(rank -> CompletableFuture.supplyAsync(() -> run(meeting, rank, size, work), threads))
                    .toList();
            List<T> results = new ArrayList<>();
            for (CompletableFuture<T> each : running) {
                results.add(each.join());
            }
            return results;
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            threads.shutdown();
        }
    }

    private static <T> T run(ProcessGroup.Meeting meeting, int rank, int size, RankWork<T> work) {
        try (TensorScope scope = TensorScope.open("cpu");
                ProcessGroup group = ProcessGroup.open(scope, meeting, rank, size)) {
            return work.run(group);
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
