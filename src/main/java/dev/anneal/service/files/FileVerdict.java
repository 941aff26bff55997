package dev.anneal.service.files;

import dev.anneal.engine.text.rows.ValidationReport;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the check of its rows makes of a file. Without effect on one that has a verdict already or is not there any more. */
public final class FileVerdict {

    private FileVerdict() {}

    /** Locks the file's row until the end of the transaction. Who writes a verdict does so before it locks the check that led to it. */
    public static void lock(JdbcClient transaction, long fileKey) {
        transaction
                .sql("SELECT id FROM file WHERE id = ? FOR NO KEY UPDATE")
                .param(fileKey)
                .query(Long.class)
                .optional();
    }

    /** The rows were read: the file is PROCESSED, or in ERROR if the report finds it unusable. */
    public static void reported(JdbcClient transaction, long fileKey, ValidationReport report) {
        FileStatus status = report.isUsable() ? FileStatus.PROCESSED : FileStatus.ERROR;
        write(transaction, fileKey, status, report.message(), FileRows.JSON.writeValueAsString(report));
    }

    /** The rows could not be read, so the file is in ERROR. */
    public static void unreadable(JdbcClient transaction, long fileKey, String details) {
        write(transaction, fileKey, FileStatus.ERROR, details, null);
    }

    private static void write(
            JdbcClient jdbc, long fileKey, FileStatus status, @Nullable String details, @Nullable String report) {
        jdbc.sql("""
                        UPDATE file
                        SET status = :status, status_details = :details, validation = :report::jsonb
                        WHERE id = :file AND status = 'UPLOADED'
                        """)
                .param("status", status.name())
                .param("details", details)
                .param("report", report)
                .param("file", fileKey)
                .update();
    }
}
