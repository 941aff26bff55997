package dev.anneal.service.files.upload;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Stores the parts of uploads, which may arrive in any order and in parallel. */
@Component
public final class UploadParts {

    private static final Logger LOG = LoggerFactory.getLogger(UploadParts.class);

    /** Maximum size of a part, which OpenAI's clients use. */
    public static final long MAX_PART_BYTES = 64L << 20;

    private static final String PREFIX = "part_";
    private static final String DATA = "data";
    private static final int MAX_PARTS = 10_000;

    /** Clients resend parts whose response was lost, so more bytes may be stored than the file has. */
    private static final int KEPT_FOR_EACH_BYTE = 2;

    private final TenantDatabase database;
    private final ArtifactStore store;
    private final Identifiers identifiers;
    private final Clock clock;
    private final UploadRows rows;

    UploadParts(TenantDatabase database, ArtifactStore store, Identifiers identifiers, Clock clock, UploadRows rows) {
        this.database = database;
        this.store = store;
        this.identifiers = identifiers;
        this.clock = clock;
        this.rows = rows;
    }

    /**
     * Stores a part.
     *
     * @throws Refusal if the upload no longer accepts parts, or the part is too large for it
     * @throws IOException if the client disconnects; nothing is stored then
     */
    public UploadPart add(String tenantId, String uploadId, InputStream content) throws IOException {
        String partId = identifiers.next(PREFIX);
        Instant createdAt = clock.instant();
        Upload upload = database.call(tenantId, () -> {
            Upload found = rows.lock(uploadId, createdAt).orElseThrow(() -> Uploads.notFound(uploadId));
            Uploads.requirePending(found);
            UploadRows.Kept kept = rows.kept(found);
            if (kept.parts() >= MAX_PARTS) {
                throw Refusal.invalidValue(
                        DATA, "Upload '" + uploadId + "' has " + MAX_PARTS + " parts, which is the limit.");
            }
            requireRoom(found, kept.bytes() + 1);
            rows.beginPart(found, partId, createdAt);
            return found;
        });
        boolean stored = false;
        try {
            long bytes = write(upload, partId, content);
            complete(upload, partId, bytes);
            stored = true;
            return new UploadPart(partId, uploadId, createdAt, bytes);
        } finally {
            if (!stored) {
                discard(upload, partId);
            }
        }
    }

    private long write(Upload upload, String partId, InputStream content) throws IOException {
        long maxBytes = Math.min(MAX_PART_BYTES, upload.bytes());
        try {
            return store.write(key(upload, partId), content, maxBytes).bytes();
        } catch (StorageException failure) {
            throw switch (failure.kind()) {
                case TOO_LARGE ->
                    new Refusal(
                            RefusalCode.REQUEST_TOO_LARGE,
                            "A part of upload '" + upload.id() + "' may have " + maxBytes
                                    + " bytes, but this one goes on. "
                                    + (maxBytes == MAX_PART_BYTES
                                            ? "Cut the file into smaller parts."
                                            : "The whole file was announced with as many."),
                            DATA);
                case FULL ->
                    new Refusal(
                            RefusalCode.STORAGE_FULL,
                            "The installation has no room left for this part. Delete files that are no longer needed.",
                            DATA);
                case NOT_FOUND, ABSENT, FAILED -> failure;
            };
        }
    }

    private void complete(Upload upload, String partId, long bytes) {
        database.run(upload.tenantId(), () -> {
            Upload now = rows.lock(upload.id(), clock.instant()).orElseThrow(() -> Uploads.notFound(upload.id()));
            Uploads.requirePending(now);
            requireRoom(now, rows.kept(now).bytes() + bytes);
            rows.completePart(partId, bytes);
        });
    }

    private static void requireRoom(Upload upload, long bytes) {
        if (bytes > KEPT_FOR_EACH_BYTE * upload.bytes()) {
            throw new Refusal(
                    RefusalCode.REQUEST_TOO_LARGE,
                    "The parts of upload '" + upload.id() + "' would have more than "
                            + KEPT_FOR_EACH_BYTE * upload.bytes()
                            + " bytes together, " + KEPT_FOR_EACH_BYTE
                            + " times what it was announced with. Complete it by the parts"
                            + " that are there, or cancel it.",
                    DATA);
        }
    }

    private void discard(Upload upload, String partId) {
        try {
            store.delete(key(upload, partId));
        } catch (StorageException failure) {
            LOG.warn("{} of {} stays until the upload has ended: {}", partId, upload.id(), failure.getMessage());
            return;
        }
        database.run(upload.tenantId(), () -> rows.deletePart(partId));
    }

    private static ArtifactKey key(Upload upload, String partId) {
        return upload.folder().child(partId);
    }
}
