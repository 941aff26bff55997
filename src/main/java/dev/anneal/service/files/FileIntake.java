package dev.anneal.service.files;

import dev.anneal.service.access.quota.UploadLimit;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Receives files. The content is first stored under an id with a row invisible to clients, then the file is completed
 * with its purpose or abandoned. A sweep removes uploads of dead processes.
 */
@Component
public final class FileIntake {

    private static final String PREFIX = "file-";

    private final TenantDatabase database;
    private final ArtifactStore store;
    private final Identifiers identifiers;
    private final FileRemoval removal;
    private final FileProperties properties;
    private final ObjectProvider<FileListener> listeners;
    private final FileRows rows;

    FileIntake(
            TenantDatabase database,
            ArtifactStore store,
            Identifiers identifiers,
            FileRemoval removal,
            FileProperties properties,
            ObjectProvider<FileListener> listeners,
            FileRows rows) {
        this.database = database;
        this.store = store;
        this.identifiers = identifiers;
        this.removal = removal;
        this.properties = properties;
        this.listeners = listeners;
        this.rows = rows;
    }

    /** Stores content created by the service, without a quota. */
    public ReceivedFile receive(String tenantId, String filename, InputStream content) throws IOException {
        return receive(tenantId, filename, content, UploadLimit.NONE);
    }

    /** Maximum file size. */
    public long maxBytes() {
        return properties.maxSize().toBytes();
    }

    /**
     * Stores the content of an upload.
     *
     * @param quota the tenant's limit, in addition to the installation's maximum
     * @throws Refusal if the content is too large or the store is full
     * @throws IOException if the client disconnects
     */
    public ReceivedFile receive(String tenantId, String filename, InputStream content, UploadLimit quota)
            throws IOException {
        UploadLimit limit = quota.orLess(properties.maxSize().toBytes(), "anneal.files.max-size of this installation");
        String id = identifiers.next(PREFIX);
        begin(tenantId, id, filename);
        boolean received = false;
        try {
            StoredContent stored = store.write(ArtifactKey.ofFile(tenantId, id), content, limit.bytes());
            received = true;
            return new ReceivedFile(tenantId, id, filename, stored);
        } catch (StorageException failure) {
            throw refusal(failure, limit);
        } finally {
            if (!received) {
                discard(tenantId, id);
            }
        }
    }

    private static Refusal refusal(StorageException failure, UploadLimit limit) {
        return switch (failure.kind()) {
            case TOO_LARGE ->
                new Refusal(
                        RefusalCode.REQUEST_TOO_LARGE,
                        "A file may have %d bytes, but this one goes on. The limit is %s."
                                .formatted(limit.bytes(), limit.source()),
                        "file");
            case FULL ->
                new Refusal(
                        RefusalCode.STORAGE_FULL,
                        "The installation has no room left for this file. Delete files that are no longer needed.",
                        "file");
            case NOT_FOUND, ABSENT, FAILED -> throw failure;
        };
    }

    /**
     * Completes the file. Training data is then checked.
     *
     * @param expiresAfter how long until the file is deleted; null for never
     */
    public StoredFile complete(ReceivedFile received, FilePurpose purpose, @Nullable Duration expiresAfter) {
        return complete(received, purpose, expiresAfter, file -> {});
    }

    /**
     * As {@link #complete(ReceivedFile, FilePurpose, Duration)}.
     *
     * @param with run in the same transaction, which an exception rolls back
     */
    public StoredFile complete(
            ReceivedFile received, FilePurpose purpose, @Nullable Duration expiresAfter, Consumer<StoredFile> with) {
        StoredFile file = database.call(received.tenantId(), () -> {
            StoredFile completed = write(received, purpose, expiresAfter);
            with.accept(completed);
            return completed;
        });
        if (file.status() == FileStatus.UPLOADED) {
            listeners.orderedStream().forEach(listener -> listener.committed(file));
        }
        return file;
    }

    /**
     * Completes a file created by the service, within the caller's transaction.
     *
     * @param purpose a purpose whose files are not checked
     */
    public void complete(ReceivedFile received, FilePurpose purpose) {
        write(received, purpose, null);
    }

    private StoredFile write(ReceivedFile received, FilePurpose purpose, @Nullable Duration expiresAfter) {
        FileStatus status = purpose.isChecked() ? FileStatus.UPLOADED : FileStatus.PROCESSED;
        StoredFile file = rows.complete(received, purpose, status, expiresAfter)
                .orElseThrow(() -> new IllegalStateException("a completed file is not there: " + received.id()));
        if (status == FileStatus.UPLOADED) {
            listeners.orderedStream().forEach(listener -> listener.uploaded(file));
        }
        return file;
    }

    /** Abandons an upload whose other form fields are invalid. */
    public void abandon(ReceivedFile received) {
        discard(received.tenantId(), received.id());
    }

    private void begin(String tenantId, String id, String filename) {
        database.run(tenantId, () -> rows.insert(tenantId, id, filename));
    }

    /** A file whose commit succeeded and only whose answer was lost keeps its content. */
    private void discard(String tenantId, String id) {
        Optional<Long> doomed = database.call(tenantId, () -> {
            Optional<Long> receiving = rows.lockReceiving(id);
            receiving.ifPresent(removal::doom);
            return receiving;
        });
        if (doomed.isPresent()) {
            removal.removeContent(tenantId, id);
        }
    }
}
