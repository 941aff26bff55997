package dev.anneal.service.files;

import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.paging.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of the table {@code file}. */
@Component
final class FileRows {

    private static final String COLUMNS = """
            SELECT id, public_id, tenant_id, filename, purpose, bytes, sha256, status, created_at, expires_at,
                   status_details, %s AS validation
            FROM file
            WHERE content = 'STORED'
              AND (expires_at IS NULL OR expires_at > :now)
            """;

    private static final String WITH_REPORT = COLUMNS.formatted("validation");
    private static final String WITHOUT_REPORT = COLUMNS.formatted("NULL");

    /** The id alone does not suffice: a file gets it when its upload begins, and its time when it ends. */
    private static final String PAGE = """
            AND %1$s
            ORDER BY created_at %2$s, id %2$s
            LIMIT :rows
            """;

    private static final String POSITION = "(SELECT created_at, id FROM file WHERE public_id = :after)";

    private final JdbcClient jdbc;
    private final Clock clock;

    FileRows(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Inserts the row of an upload, which is invisible until completed. */
    void insert(String tenantId, String id, String filename) {
        jdbc.sql("""
                        INSERT INTO file (tenant_id, public_id, created_at, filename, status, content)
                        VALUES (?, ?, ?, ?, 'UPLOADED', 'RECEIVING')
                        """)
                .params(tenantId, id, TimeColumn.write(clock.instant()), filename)
                .update();
    }

    /** Completes an upload and returns its file; empty if the upload no longer exists. */
    Optional<StoredFile> complete(
            ReceivedFile received, FilePurpose purpose, FileStatus status, @Nullable Duration expiresAfter) {
        Instant now = clock.instant();
        int completed = jdbc.sql("""
                        UPDATE file
                        SET content = 'STORED', purpose = :purpose, bytes = :bytes, sha256 = :sha256, status = :status,
                            created_at = :now, expires_at = :expires
                        WHERE public_id = :id AND content = 'RECEIVING'
                        """)
                .param("purpose", purpose.wireName())
                .param("bytes", received.content().bytes())
                .param("sha256", received.content().sha256())
                .param("status", status.name())
                .param("now", TimeColumn.write(now))
                .param("expires", expiresAfter == null ? null : TimeColumn.write(now.plus(expiresAfter)))
                .param("id", received.id())
                .update();
        return completed == 1 ? find(received.id()) : Optional.empty();
    }

    /** Locks an incomplete upload until the end of the transaction and returns its key. */
    Optional<Long> lockReceiving(String id) {
        return jdbc.sql("SELECT id FROM file WHERE public_id = ? AND content = 'RECEIVING' FOR UPDATE")
                .param(id)
                .query(Long.class)
                .optional();
    }

    /** The file, if the transaction's role can see it. */
    Optional<StoredFile> find(String id) {
        return one(id, "");
    }

    /** As {@link #find}, and locks the file against deletion until the end of the transaction. */
    Optional<StoredFile> lock(String id, String strength) {
        return one(id, "FOR " + strength);
    }

    private Optional<StoredFile> one(String id, String lock) {
        return jdbc.sql(WITH_REPORT + "AND public_id = :id " + lock)
                .param("now", TimeColumn.write(clock.instant()))
                .param("id", id)
                .query(FileRows::file)
                .optional();
    }

    /** Rows of a page, without their reports. */
    List<StoredFile> list(@Nullable FilePurpose purpose, PageRequest page) {
        return jdbc.sql(WITHOUT_REPORT
                        + (purpose == null ? "" : "AND purpose = :purpose\n")
                        + PAGE.formatted(page.after("(created_at, id)", POSITION), page.order()))
                .param("now", TimeColumn.write(clock.instant()))
                .param("rows", page.rowsToRead())
                .param("purpose", purpose == null ? null : purpose.wireName())
                .param("after", page.after())
                .query(FileRows::file)
                .list();
    }

    Optional<String> sha256(String id) {
        return jdbc.sql("SELECT sha256 FROM file WHERE public_id = ? AND content = 'STORED'")
                .param(id)
                .query(String.class)
                .optional();
    }

    /** Whether the tenant has the file, or had it: a deleted one keeps its position in the list. */
    boolean hasPosition(String id) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM file WHERE public_id = ? AND content <> 'RECEIVING')")
                .param(id)
                .query(Boolean.class)
                .single();
    }

    private static StoredFile file(ResultSet row, int number) throws SQLException {
        String purpose = row.getString("purpose");
        String report = row.getString("validation");
        return new StoredFile(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("tenant_id"),
                row.getString("filename"),
                FilePurpose.named(purpose).orElseThrow(() -> new SQLException("unknown purpose " + purpose)),
                row.getLong("bytes"),
                row.getString("sha256"),
                FileStatus.valueOf(row.getString("status")),
                row.getString("status_details"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                TimeColumn.read(row, "expires_at"),
                report == null ? null : JsonColumn.read(report, ValidationReport.class));
    }
}
