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
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Reports duration and failure of each operation of a store. Reads the store's marker before each write and deletion
 * and after each missing file: if the disk is not mounted, writes would be lost, and missing files may still exist.
 */
public final class ObservedArtifactStore implements ArtifactStore {

    private final ArtifactStore store;
    private final StoreMeters meters;
    private volatile Supplier<Optional<String>> objection = Optional::empty;

    public ObservedArtifactStore(ArtifactStore store, StoreMeters meters) {
        this.store = store;
        this.meters = meters;
    }

    @Override
    public StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        return observed(StoreOperation.WRITE, () -> {
            requireOwn();
            return store.write(key, content, maxBytes);
        });
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
        requireOwn();
        return store.localFolder(key);
    }

    @Override
    public void publish(ArtifactKey key, Runnable betweenParts) {
        guarded(StoreOperation.PUBLISH, () -> store.publish(key, betweenParts));
    }

    @Override
    public LocalCopy localCopy(ArtifactKey key, Runnable betweenParts) {
        return fetched(() -> store.localCopy(key, betweenParts));
    }

    @Override
    public LocalCopy localFile(ArtifactKey key, String sha256, Runnable betweenParts) {
        return fetched(() -> store.localFile(key, sha256, betweenParts));
    }

    /** A download may last longer than a transaction may, and would hold its connection and locks for as long. */
    private LocalCopy fetched(Supplier<LocalCopy> fetch) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a transaction must not wait for a download from the artifact store");
        }
        return observed(StoreOperation.FETCH, fetch::get);
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
    public void claimed(Supplier<Optional<String>> why) {
        objection = why;
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
            requireOwn();
            call.run();
        });
    }

    private void observe(StoreOperation operation, Runnable call) {
        observed(operation, () -> {
            call.run();
            return true;
        });
    }

    /** Counts only failures of the store itself, not interrupted content, which is the sender's failure. */
    private <T, E extends Exception> T observed(StoreOperation operation, Call<T, E> call) throws E {
        long begin = System.nanoTime();
        boolean failed = false;
        try {
            return present(call);
        } catch (StorageException failure) {
            failed = failure.isOfTheStore();
            throw failure;
        } finally {
            meters.done(operation, Duration.ofNanos(System.nanoTime() - begin), failed);
        }
    }

    private <T, E extends Exception> T present(Call<T, E> call) throws E {
        try {
            return call.get();
        } catch (StorageException failure) {
            if (failure.kind() == StorageException.Reason.NOT_FOUND) {
                requireOwn();
            }
            throw failure;
        }
    }

    /** An operation of the store. */
    private interface Call<T, E extends Exception> {

        T get() throws E;
    }

    /** Costs reading one small file. */
    private void requireOwn() {
        objection.get().ifPresent(reason -> {
            throw new StorageException(StorageException.Reason.ABSENT, reason, null);
        });
    }
}
