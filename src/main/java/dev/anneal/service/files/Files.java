package dev.anneal.service.files;

import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds, lists, locks and deletes the files of a tenant. */
@Component
public final class Files {

    private static final String PARAMETER = "file_id";

    private final TenantDatabase database;
    private final FileRemoval removal;
    private final FileRows rows;

    Files(TenantDatabase database, FileRemoval removal, FileRows rows) {
        this.database = database;
        this.removal = removal;
        this.rows = rows;
    }

    public Optional<StoredFile> find(String tenantId, String fileId) {
        return database.call(tenantId, () -> rows.find(fileId));
    }

    /** SHA-256 of the content while it is stored, even if the file has expired but is still in use. */
    public Optional<String> sha256(String tenantId, String fileId) {
        return database.call(tenantId, () -> rows.sha256(fileId));
    }

    /** @throws Refusal 404 if the tenant has no such file */
    public StoredFile require(String tenantId, String fileId) {
        return find(tenantId, fileId).orElseThrow(() -> Refusal.notFound("file", fileId, PARAMETER));
    }

    /**
     * Locks the file against deletion until the end of the tenant's transaction, in which the caller records its use.
     */
    public Optional<StoredFile> lockForUse(String fileId) {
        return rows.lock(fileId, "SHARE");
    }

    /**
     * Locks a file of training data with valid rows, as {@link #lockForUse} does. The result includes the report.
     *
     * @param param request key that names the file
     * @throws Refusal if it does not exist, or its rows are invalid or still being checked
     */
    public StoredFile requireChecked(String param, String fileId) {
        StoredFile file = lockForUse(fileId)
                .filter(found -> found.purpose() == FilePurpose.FINE_TUNE)
                .orElseThrow(() -> Refusal.invalidValue(
                        param,
                        "'%s' names '%s', but there is no such file of purpose '%s'; upload one to /v1/files"
                                .formatted(param, fileId, FilePurpose.FINE_TUNE.wireName())));
        return switch (file.status()) {
            case PROCESSED -> file;
            case UPLOADED ->
                throw new Refusal(
                        RefusalCode.FILE_NOT_READY,
                        "'%s' names '%s', whose rows are still being checked; ask again when its status is 'processed'"
                                .formatted(param, fileId),
                        param);
            case ERROR ->
                throw new Refusal(
                        RefusalCode.DATASET_INVALID,
                        "'%s' names '%s', whose rows are faulty; its validation report lists them"
                                .formatted(param, fileId),
                        param);
        };
    }

    /**
     * A page of the tenant's files.
     *
     * @throws Refusal if the page begins after an id that was never a file of the tenant
     */
    public Page<StoredFile> list(String tenantId, @Nullable FilePurpose purpose, PageRequest page) {
        return database.call(tenantId, () -> {
            String after = page.after();
            if (after != null && !rows.hasPosition(after)) {
                throw Refusal.invalidCursor("a file", after);
            }
            return Page.of(rows.list(purpose, page), page);
        });
    }

    /**
     * Deletes the file.
     *
     * @throws Refusal 404 if there is no such file, 409 if it is in use
     */
    public void delete(String tenantId, String fileId) {
        database.run(tenantId, () -> {
            StoredFile file =
                    rows.lock(fileId, "UPDATE").orElseThrow(() -> Refusal.notFound("file", fileId, PARAMETER));
            removal.unfinishedUser(file.tenantId(), fileId).ifPresent(user -> {
                throw new Refusal(
                        RefusalCode.FILE_IN_USE,
                        "File '" + fileId + "' is read by '" + user
                                + "', which has not ended. Cancel that or wait for it.",
                        PARAMETER);
            });
            removal.doom(file.key());
        });
        removal.removeContent(tenantId, fileId);
    }
}
