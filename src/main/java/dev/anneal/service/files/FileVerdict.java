package dev.anneal.service.files;

import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.platform.database.JsonColumn;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the check of its rows makes of a file. Without effect on one that has a verdict already or is not there any more. */
@Component
public final class FileVerdict {

    private final JdbcClient jdbc;

    public FileVerdict(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Locks the file's row until the end of the transaction. Who writes a verdict does so before it locks the check that led to it. */
    public void lock(long fileKey) {
        jdbc.sql("SELECT id FROM file WHERE id = ? FOR NO KEY UPDATE")
                .param(fileKey)
                .query(Long.class)
                .optional();
    }

    /** The rows were read: the file is PROCESSED, or in ERROR if the report finds it unusable. */
    public void reported(long fileKey, ValidationReport report) {
        FileStatus status = report.isUsable() ? FileStatus.PROCESSED : FileStatus.ERROR;
        write(fileKey, status, report.message(), JsonColumn.write(report));
    }

    /** The rows could not be read, so the file is in ERROR. */
    public void unreadable(long fileKey, String details) {
        write(fileKey, FileStatus.ERROR, details, null);
    }

    private void write(long fileKey, FileStatus status, @Nullable String details, @Nullable String report) {
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
