package dev.anneal.service.files.check;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.files.FileListener;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.database.TimeColumn;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code file_check}: requested checks, the processes that run them, and their results, which decide the status of files.
 *
 * <p>Transactions lock a file before its checks, as a deletion does, and never wait for checks of several files.
 */
@Component
final class FileChecks implements FileListener {

    /** A check that has crashed this many processes, or failed as often because of the service, is not repeated. */
    private static final int MAX_ATTEMPTS = 3;

    private final JdbcClient jdbc;
    private final ApplicationEventPublisher events;

    FileChecks(JdbcClient jdbc, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    /** Requests the validation of an upload. */
    @Override
    public void uploaded(StoredFile file) {
        jdbc.sql("""
                        INSERT INTO file_check (tenant_id, file_id, kind, state, requested_at)
                        VALUES (?, ?, 'VALIDATE', 'WAITING', ?)
                        """)
                .params(file.tenantId(), file.key(), TimeColumn.write(file.createdAt()))
                .update();
    }

    @Override
    public void committed(StoredFile file) {
        startSoon();
    }

    /** Starts requested checks at once, if this process runs checks. */
    void startSoon() {
        events.publishEvent(new CheckRequested());
    }

    /** Requests a count unless it exists or the file is deleted. */
    void requestCount(StoredFile file, TokenCounts.Question question, Instant now) {
        jdbc.sql("""
                        INSERT INTO file_check (tenant_id, file_id, kind, model_id, tokenizer, max_length, state, requested_at)
                        SELECT tenant_id, id, 'COUNT', :model, :tokenizer, :maxLength, 'WAITING', :now
                        FROM file
                        WHERE id = :file AND content = 'STORED'
                        FOR KEY SHARE
                        ON CONFLICT DO NOTHING
                        """)
                .param("file", file.key())
                .param("model", question.model().id())
                .param("tokenizer", question.model().tokenizer())
                .param("maxLength", question.maxLength())
                .param("now", TimeColumn.write(now))
                .update();
    }

    Optional<TokenCount> findCount(long fileKey, TokenCounts.Question question) {
        return jdbc.sql("""
                        SELECT report, error_code, error_message
                        FROM file_check
                        WHERE file_id = ? AND kind = 'COUNT' AND tokenizer = ? AND max_length = ?
                        """)
                .params(fileKey, question.model().tokenizer(), question.maxLength())
                .query((row, number) -> {
                    String report = row.getString("report");
                    return new TokenCount(
                            report == null ? null : JsonColumn.read(report, TokenReport.class),
                            row.getString("error_code"),
                            row.getString("error_message"));
                })
                .optional();
    }

    void deleteFailedCounts(long fileKey, List<String> errorCodes) {
        jdbc.sql("""
                        DELETE FROM file_check
                        WHERE file_id = :file AND kind = 'COUNT' AND state = 'FAILED' AND error_code = ANY (:codes)
                        """)
                .param("file", fileKey)
                .param("codes", errorCodes.toArray(String[]::new))
                .update();
    }

    @Override
    public void deleted(long fileKey) {
        jdbc.sql("DELETE FROM file_check WHERE file_id = ?").param(fileKey).update();
    }

    /**
     * Claims the oldest check that is waiting or whose lease has expired. Counts wait until the rows are validated.
     *
     * @param owner this process
     */
    Optional<FileCheck> claim(String owner, Instant now, Duration lease) {
        return jdbc.sql("""
                        UPDATE file_check AS claimed
                        SET state = 'CLAIMED', claimed_by = :owner, claimed_until = :until, attempts = attempts + 1
                        FROM file
                        WHERE claimed.id = (
                            SELECT file_check.id
                            FROM file_check JOIN file ON file.id = file_check.file_id
                            WHERE (state = 'WAITING' OR (state = 'CLAIMED' AND claimed_until < :now))
                              AND (kind = 'VALIDATE' OR file.status <> 'UPLOADED')
                            ORDER BY requested_at, file_check.id
                            LIMIT 1
                            FOR UPDATE OF file_check SKIP LOCKED -- two processes never wait for each other
                        )
                          AND file.id = claimed.file_id
                        RETURNING claimed.id, claimed.tenant_id, file.id AS file_key, file.public_id AS file_id, file.status AS file_status, file.sha256,
                                  kind = 'VALIDATE' AS validates, model_id, tokenizer, max_length, requested_at, attempts
                        """)
                .param("owner", owner)
                .param("until", TimeColumn.write(now.plus(lease)))
                .param("now", TimeColumn.write(now))
                .query(FileCheck.class)
                .optional();
    }

    /** Renews the leases of this process's checks. Skips locked ones, which are being ended or deleted. */
    void renew(String owner, Set<Long> checks, Instant until) {
        jdbc.sql("""
                        UPDATE file_check
                        SET claimed_until = :until
                        WHERE id IN (
                            SELECT id FROM file_check
                            WHERE state = 'CLAIMED' AND claimed_by = :owner AND id = ANY (:checks)
                            FOR UPDATE SKIP LOCKED
                        )
                        """)
                .param("until", TimeColumn.write(until))
                .param("owner", owner)
                .param("checks", checks.toArray(Long[]::new))
                .update();
    }

    /** Releases this process's checks without counting the attempt. */
    void giveBack(String owner) {
        jdbc.sql("""
                        UPDATE file_check
                        SET state = 'WAITING', claimed_by = NULL, claimed_until = NULL, attempts = attempts - 1
                        WHERE id IN (
                            SELECT id FROM file_check WHERE state = 'CLAIMED' AND claimed_by = ? FOR UPDATE SKIP LOCKED
                        )
                        """).param(owner).update();
    }

    /** Postpones a check until {@code time}, because the store or the base model is unavailable, without counting the attempt. */
    void postpone(FileCheck check, String owner, Instant time) {
        jdbc.sql("""
                        UPDATE file_check
                        SET claimed_by = 'nobody', claimed_until = :time, attempts = attempts - 1
                        WHERE id = :id AND state = 'CLAIMED' AND claimed_by = :owner
                        """)
                .param("time", TimeColumn.write(time))
                .param("id", check.id())
                .param("owner", owner)
                .update();
    }

    static boolean isWornOut(FileCheck check) {
        return check.attempts() > MAX_ATTEMPTS;
    }

    /** Whether this is the last attempt. */
    static boolean isLast(FileCheck check) {
        return check.attempts() >= MAX_ATTEMPTS;
    }

    /** Writes the report, unless another process has or the file is deleted. */
    void validated(FileCheck check, String owner, ValidationReport report) {
        lockFile(check);
        if (end(check, owner, "DONE", null, null, null)) {
            FileStatus status = report.isUsable() ? FileStatus.PROCESSED : FileStatus.ERROR;
            writeStatus(check, status, report.message(), JsonColumn.write(report));
        }
    }

    void counted(FileCheck check, String owner, TokenReport report) {
        end(check, owner, "DONE", JsonColumn.write(report), null, null);
    }

    /**
     * Ends the check without a report. A file whose rows could not be checked is unusable.
     *
     * @return false if another process has ended it or the file is deleted, so that nothing was written
     */
    boolean failed(FileCheck check, String owner, String code, String message) {
        if (check.validates()) {
            lockFile(check);
        }
        boolean ended = end(check, owner, "FAILED", null, code, message);
        if (ended && check.validates()) {
            writeStatus(check, FileStatus.ERROR, message, null);
        }
        return ended;
    }

    private void lockFile(FileCheck check) {
        jdbc.sql("SELECT id FROM file WHERE id = ? FOR NO KEY UPDATE")
                .param(check.fileKey())
                .query(Long.class)
                .optional();
    }

    private void writeStatus(FileCheck check, FileStatus status, @Nullable String details, @Nullable String report) {
        jdbc.sql("""
                        UPDATE file
                        SET status = :status, status_details = :details, validation = :report::jsonb
                        WHERE id = :file AND status = 'UPLOADED'
                        """)
                .param("status", status.name())
                .param("details", details)
                .param("report", report)
                .param("file", check.fileKey())
                .update();
    }

    private boolean end(
            FileCheck check,
            String owner,
            String state,
            @Nullable String report,
            @Nullable String errorCode,
            @Nullable String errorMessage) {
        return jdbc.sql("""
                        UPDATE file_check
                        SET state = ?, report = ?::jsonb, error_code = ?, error_message = ?, claimed_by = NULL, claimed_until = NULL
                        WHERE id = ? AND state = 'CLAIMED' AND claimed_by = ?
                        """)
                        .params(Arrays.asList(state, report, errorCode, errorMessage, check.id(), owner))
                        .update()
                == 1;
    }
}
