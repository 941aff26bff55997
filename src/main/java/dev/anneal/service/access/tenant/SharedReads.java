package dev.anneal.service.access.tenant;

import com.github.benmanes.caffeine.cache.Cache;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Reads whose results are cached, and of which one is under way at a time for each key: other requests wait for it, and
 * need no connection of their own. They share what it finds and its failure, but not that it finds nothing, which may
 * have changed since it began.
 */
final class SharedReads<T> {

    private final Cache<String, T> found;
    private final Map<String, CompletableFuture<Optional<T>>> underWay = new ConcurrentHashMap<>();

    /**
     * @param found cache of results
     */
    SharedReads(Cache<String, T> found) {
        this.found = found;
    }

    /** The result for {@code key}, if it has one. */
    Optional<T> get(String key, Supplier<Optional<T>> read) {
        T recent = found.getIfPresent(key);
        if (recent != null) {
            return Optional.of(recent);
        }
        CompletableFuture<Optional<T>> own = new CompletableFuture<>();
        CompletableFuture<Optional<T>> other = underWay.putIfAbsent(key, own);
        if (other == null) {
            return read(key, read, own);
        }
        Optional<T> shared = await(other);
        return shared.isPresent() ? shared : read.get();
    }

    private Optional<T> read(String key, Supplier<Optional<T>> read, CompletableFuture<Optional<T>> own) {
        try {
            Optional<T> result = read.get();
            result.ifPresent(value -> found.put(key, value));
            own.complete(result);
            return result;
        } catch (RuntimeException | Error failure) {
            own.completeExceptionally(failure);
            throw failure;
        } finally {
            underWay.remove(key, own);
        }
    }

    private static <T> T await(CompletableFuture<T> read) {
        try {
            return read.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw failed;
        }
    }
}
