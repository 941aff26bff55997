package dev.anneal.service.files.upload;

import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TenantLock;
import dev.anneal.service.platform.database.TimeColumn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of the tables {@code upload} and {@code upload_part}. */
@Component
final class UploadRows {

    private static final String FIND = """
            SELECT id, public_id, tenant_id, filename, purpose, bytes, created_at, expires_at, file_expires_after,
                   file_public_id,
                   part_ids, CASE WHEN state = 'PENDING' AND expires_at <= :now THEN 'EXPIRED' ELSE state END AS state
            FROM upload
            WHERE public_id = :id
            """;

    private final JdbcClient jdbc;

    UploadRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(String tenantId, String id, NewUpload wanted, Instant now, Instant expiresAt) {
        Duration fileExpiry = wanted.expiresAfter();
        jdbc.sql("""
                        INSERT INTO upload (tenant_id, public_id, created_at, expires_at, filename, purpose, bytes,
                                            file_expires_after, state)
                        VALUES (:tenant, :id, :now, :expires, :filename, :purpose, :bytes, :fileExpiry, 'PENDING')
                        """)
                .param("tenant", tenantId)
                .param("id", id)
                .param("now", TimeColumn.write(now))
                .param("expires", TimeColumn.write(expiresAt))
                .param("filename", wanted.filename())
                .param("purpose", wanted.purpose().wireName())
                .param("bytes", wanted.bytes())
                .param("fileExpiry", fileExpiry == null ? null : fileExpiry.toSeconds())
                .update();
    }

    /** Number of pending uploads of the tenant; concurrent counts wait until the end of this transaction. */
    int countPending(String tenantId, Instant now) {
        TenantLock.UPLOADS.take(jdbc, tenantId);
        return jdbc.sql("SELECT count(*) FROM upload WHERE tenant_id = ? AND state = 'PENDING' AND expires_at > ?")
                .params(tenantId, TimeColumn.write(now))
                .query(Integer.class)
                .single();
    }

    Optional<Upload> find(String id, Instant now) {
        return find(FIND, id, now);
    }

    /** As {@link #find}, and locks the upload against new parts and its end until the end of the transaction. */
    Optional<Upload> lock(String id, Instant now) {
        return find(FIND + "FOR UPDATE", id, now);
    }

    private Optional<Upload> find(String query, String id, Instant now) {
        return jdbc.sql(query)
                .param("now", TimeColumn.write(now))
                .param("id", id)
                .query(UploadRows::upload)
                .optional();
    }

    void end(Upload upload, UploadState state) {
        jdbc.sql("UPDATE upload SET state = ? WHERE id = ?")
                .params(state.name(), upload.key())
                .update();
    }

    void complete(Upload upload, String fileId, List<String> partIds) {
        jdbc.sql("UPDATE upload SET state = 'COMPLETED', file_public_id = ?, part_ids = ? WHERE id = ?")
                .params(fileId, String.join(",", partIds), upload.key())
                .update();
    }

    void beginPart(Upload upload, String partId, Instant now) {
        jdbc.sql("INSERT INTO upload_part (tenant_id, upload_id, public_id, created_at) VALUES (?, ?, ?, ?)")
                .params(upload.tenantId(), upload.key(), partId, TimeColumn.write(now))
                .update();
    }

    void completePart(String partId, long bytes) {
        jdbc.sql("UPDATE upload_part SET bytes = ? WHERE public_id = ?")
                .params(bytes, partId)
                .update();
    }

    void deletePart(String partId) {
        jdbc.sql("DELETE FROM upload_part WHERE public_id = ?").param(partId).update();
    }

    /** Number of parts that are stored or arriving, and the stored bytes. */
    Kept kept(Upload upload) {
        return jdbc.sql("""
                        SELECT count(*) AS parts, coalesce(sum(bytes), 0)::bigint AS bytes
                        FROM upload_part
                        WHERE upload_id = ?
                        """).param(upload.key()).query(Kept.class).single();
    }

    /** Sizes of the stored parts, by id. */
    Map<String, Long> parts(Upload upload) {
        Map<String, Long> parts = new LinkedHashMap<>();
        jdbc.sql("SELECT public_id, bytes FROM upload_part WHERE upload_id = ? AND bytes IS NOT NULL ORDER BY id")
                .param(upload.key())
                .query((row, number) -> parts.put(row.getString("public_id"), row.getLong("bytes")))
                .list();
        return parts;
    }

    static Upload upload(ResultSet row, int number) throws SQLException {
        String purpose = row.getString("purpose");
        Integer fileExpiry = row.getObject("file_expires_after", Integer.class);
        String partIds = row.getString("part_ids");
        return new Upload(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("tenant_id"),
                row.getString("filename"),
                FilePurpose.named(purpose).orElseThrow(() -> new SQLException("unknown purpose " + purpose)),
                row.getLong("bytes"),
                UploadState.valueOf(row.getString("state")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                fileExpiry == null ? null : Duration.ofSeconds(fileExpiry),
                row.getString("file_public_id"),
                partIds == null ? List.of() : List.of(partIds.split(",")));
    }

    /** Parts and bytes of an upload so far. */
    record Kept(long parts, long bytes) {}
}
