package dev.anneal.service.files.upload;

import dev.anneal.service.access.quota.UploadLimit;
import dev.anneal.service.files.FileIntake;
import dev.anneal.service.files.ReceivedFile;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates, completes and cancels uploads of a tenant. {@link UploadParts} stores their parts. */
@Component
public final class Uploads {

    private static final String PREFIX = "upload_";
    private static final String PART_IDS = "part_ids";

    private final TenantDatabase database;
    private final ArtifactStore store;
    private final Identifiers identifiers;
    private final FileIntake intake;
    private final UploadSweeper sweeper;
    private final UploadRules rules;
    private final UploadRows rows;

    Uploads(
            TenantDatabase database,
            ArtifactStore store,
            Identifiers identifiers,
            FileIntake intake,
            UploadSweeper sweeper,
            UploadRules rules,
            UploadRows rows) {
        this.database = database;
        this.store = store;
        this.identifiers = identifiers;
        this.intake = intake;
        this.sweeper = sweeper;
        this.rules = rules;
        this.rows = rows;
    }

    /**
     * @throws Refusal if the file would be too large, or the tenant has too many pending uploads
     */
    public Upload create(String tenantId, NewUpload wanted) {
        UploadLimit limit = rules.limit(tenantId);
        if (wanted.bytes() > limit.bytes()) {
            throw new Refusal(
                    RefusalCode.REQUEST_TOO_LARGE,
                    "'bytes' is " + wanted.bytes() + ", but a file may have " + limit.bytes()
                            + ", whether it arrives in parts or whole. The limit is " + limit.source() + ".",
                    "bytes");
        }
        String id = identifiers.next(PREFIX);
        Instant now = rules.now();
        database.run(tenantId, () -> {
            rules.admit(tenantId, now);
            rows.insert(tenantId, id, wanted, now, rules.endOf(now));
        });
        return find(tenantId, id);
    }

    /** @throws Refusal 404 if the tenant has no such upload */
    public Upload find(String tenantId, String id) {
        return database.call(tenantId, () -> rows.find(id, rules.now())).orElseThrow(() -> notFound(id));
    }

    static Refusal notFound(String id) {
        return Refusal.notFound("upload", id, "upload_id");
    }

    /**
     * Turns the parts into a file. Repeating it with the same parts returns the same file.
     *
     * @param md5 of the whole content in hexadecimal, or null
     * @throws Refusal if the upload has ended otherwise, or the parts do not match the announced size or hash
     */
    public Upload complete(String tenantId, String id, List<String> partIds, @Nullable String md5) throws IOException {
        Upload upload = find(tenantId, id);
        if (isCompletedBy(upload, partIds)) {
            return upload;
        }
        requirePending(upload);
        requireAnnounced(upload, partIds);
        try {
            assemble(upload, partIds, md5);
        } catch (Refusal | StorageException failure) {
            // Another request, or the sweep, may have ended the upload and deleted its parts meanwhile.
            Upload ended = find(tenantId, id);
            if (isCompletedBy(ended, partIds)) {
                return ended;
            }
            requirePending(ended);
            throw failure;
        }
        sweeper.removeParts(upload);
        return find(tenantId, id);
    }

    private static boolean isCompletedBy(Upload upload, List<String> partIds) {
        return upload.state() == UploadState.COMPLETED && upload.partIds().equals(partIds);
    }

    static void requirePending(Upload upload) {
        if (upload.state() != UploadState.PENDING) {
            throw new Refusal(
                    RefusalCode.UPLOAD_NOT_PENDING,
                    "Upload '" + upload.id() + "' is " + upload.state().wireName()
                            + ", not pending. Create another one.",
                    "upload_id");
        }
    }

    private void requireAnnounced(Upload upload, List<String> partIds) {
        Map<String, Long> parts = database.call(upload.tenantId(), () -> rows.parts(upload));
        for (String partId : partIds) {
            if (!parts.containsKey(partId)) {
                throw Refusal.invalidValue(
                        PART_IDS,
                        "'" + PART_IDS + "' names '" + partId + "', which is no part of upload '" + upload.id() + "'");
            }
        }
        if (new HashSet<>(partIds).size() < partIds.size()) {
            throw Refusal.invalidValue(PART_IDS, "'" + PART_IDS + "' names a part twice");
        }
        long bytes = partIds.stream().mapToLong(parts::get).sum();
        if (bytes != upload.bytes()) {
            throw new Refusal(
                    RefusalCode.UPLOAD_INCOMPLETE,
                    "The parts that '" + PART_IDS + "' names have " + bytes + " bytes together, but upload '"
                            + upload.id() + "' was announced with " + upload.bytes()
                            + ". Add what is missing, or create another upload.",
                    PART_IDS);
        }
    }

    private void assemble(Upload upload, List<String> partIds, @Nullable String md5) throws IOException {
        try (PartsStream assembly = new PartsStream(store, upload, partIds)) {
            ReceivedFile received =
                    intake.receive(upload.tenantId(), upload.filename(), assembly, rules.limit(upload.tenantId()));
            complete(upload, partIds, received, () -> requireHash(assembly.hash(), md5));
        }
    }

    private void complete(Upload upload, List<String> partIds, ReceivedFile received, Runnable check) {
        boolean completed = false;
        try {
            check.run();
            intake.complete(received, upload.purpose(), upload.fileExpiresAfter(), file -> {
                requirePending(rows.lock(upload.id(), rules.now()).orElseThrow(() -> notFound(upload.id())));
                rows.complete(upload, file.id(), partIds);
            });
            completed = true;
        } finally {
            if (!completed) {
                intake.abandon(received);
            }
        }
    }

    private static void requireHash(String found, @Nullable String wanted) {
        if (wanted != null && !wanted.equalsIgnoreCase(found)) {
            throw Refusal.invalidValue(
                    "md5",
                    "'md5' is " + wanted + ", but the parts in this order have " + found
                            + ". Upload the damaged parts again, or correct the order of 'part_ids'.");
        }
    }

    /** Cancels the upload. Repeating it changes nothing. */
    public Upload cancel(String tenantId, String id) {
        Upload upload = database.call(tenantId, () -> {
            Upload found = rows.lock(id, rules.now()).orElseThrow(() -> notFound(id));
            if (found.state() != UploadState.CANCELLED) {
                requirePending(found);
                rows.end(found, UploadState.CANCELLED);
            }
            return found;
        });
        sweeper.removeParts(upload);
        return find(tenantId, id);
    }
}
