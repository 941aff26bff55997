package dev.anneal.service.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;

/**
 * A store that tells how long it took and whether it failed, and that looks for its marker before it takes something in, and where something is missing: an
 * unmounted disk is no empty store.
 */
public final class ObservedArtifactStore implements ArtifactStore {

    private final ArtifactStore store;
    private final ObjectProvider<StoreListener> listeners;
    private final MarkerGuard guard;

    public ObservedArtifactStore(ArtifactStore store, ObjectProvider<StoreListener> listeners) {
        this.store = store;
        this.listeners = listeners;
        this.guard = new MarkerGuard(store.marker());
    }

    /** A content that breaks off is its sender's failure. */
    @Override
    public StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        long begin = System.nanoTime();
        boolean failed = false;
        try {
            guard.require();
            return store.write(key, content, maxBytes);
        } catch (StorageException failure) {
            failed = failure.isOfTheStore();
            throw failure;
        } finally {
            tell(StoreOperation.WRITE, begin, failed);
        }
    }

    @Override
    public long size(ArtifactKey key) {
        return observed(StoreOperation.READ, () -> store.size(key));
    }

    @Override
    public InputStream open(ArtifactKey key, long offset) {
        return observed(StoreOperation.READ, () -> store.open(key, offset));
    }

    @Override
    public Optional<URI> downloadAddress(ArtifactKey key, String contentDisposition) {
        return store.downloadAddress(key, contentDisposition);
    }

    @Override
    public void delete(ArtifactKey key) {
        guarded(StoreOperation.DELETE, () -> store.delete(key));
    }

    @Override
    public void deleteFrom(ArtifactKey folder, String name) {
        observe(StoreOperation.DELETE, () -> store.deleteFrom(folder, name));
    }

    @Override
    public void deleteWithin(ArtifactKey folder, String prefix, Collection<ArtifactKey> kept) {
        guarded(StoreOperation.DELETE, () -> store.deleteWithin(folder, prefix, kept));
    }

    @Override
    public Path localFolder(ArtifactKey key) {
        guard.require();
        return store.localFolder(key);
    }

    @Override
    public void publish(ArtifactKey key) {
        guarded(StoreOperation.PUBLISH, () -> store.publish(key));
    }

    @Override
    public LocalCopy localCopy(ArtifactKey key) {
        return observed(StoreOperation.FETCH, () -> store.localCopy(key));
    }

    @Override
    public LocalCopy localFile(ArtifactKey key, String sha256) {
        return observed(StoreOperation.FETCH, () -> store.localFile(key, sha256));
    }

    @Override
    public void list(Consumer<Entry> visitor) {
        guarded(StoreOperation.LIST, () -> store.list(visitor));
    }

    @Override
    public void deleteAbandoned(Instant time) {
        observe(StoreOperation.DELETE, () -> store.deleteAbandoned(time));
    }

    @Override
    public StoreMarker marker() {
        return store.marker();
    }

    @Override
    public void claimed(Predicate<String> isOurs) {
        guard.expect(isOurs);
    }

    @Override
    public void check() {
        guarded(StoreOperation.LIST, store::check);
    }

    @Override
    public void close() {
        store.close();
    }

    private void guarded(StoreOperation operation, Runnable call) {
        observe(operation, () -> {
            guard.require();
            call.run();
        });
    }

    private void observe(StoreOperation operation, Runnable call) {
        observed(operation, () -> {
            call.run();
            return true;
        });
    }

    private <T> T observed(StoreOperation operation, Supplier<T> call) {
        long begin = System.nanoTime();
        boolean failed = false;
        try {
            return present(call);
        } catch (StorageException failure) {
            failed = failure.isOfTheStore();
            throw failure;
        } finally {
            tell(operation, begin, failed);
        }
    }

    private <T> T present(Supplier<T> call) {
        try {
            return call.get();
        } catch (StorageException failure) {
            if (failure.kind() == StorageException.Kind.NOT_FOUND) {
                guard.require();
            }
            throw failure;
        }
    }

    private void tell(StoreOperation operation, long begin, boolean failed) {
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        listeners.forEach(listener -> listener.done(operation, took, failed));
    }
}
