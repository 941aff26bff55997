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
 * The table {@code file_check}: requested checks, the processes that run them, and their results, which decide the
 * status of files.
 *
 * <p>Transactions lock a file before its checks, as a deletion does, and never wait for checks of several files.
 */
@Component
final class FileChecks implements FileListener {

    /** A check that has crashed this many processes, or failed as often because of the service, is not repeated. */
    private static final int MAX_ATTEMPTS = 3;

    /** Counts of a tenant that wait or run; further ones are requested once some of them have ended. */
    private static final int MAX_OPEN_COUNTS = 32;

    private static final String CLAIMED = """
            claimed.id, claimed.tenant_id, file.id AS file_key, file.public_id AS file_id, file.status AS file_status,
            file.sha256, kind = 'VALIDATE' AS validates, model_id, tokenizer, max_length, requested_at, attempts
            """;

    /** Waiting, or held by a process whose lease has expired. */
    private static final String CLAIMABLE = """
            (file_check.state = 'WAITING'
                OR (file_check.state = 'CLAIMED' AND file_check.claimed_until < clock_timestamp()))""";

    private static final String SET_CLAIMED = """
            SET state = 'CLAIMED', claimed_by = :owner,
                claimed_until = clock_timestamp() + make_interval(secs => :lease),
                attempts = attempts + 1""";

    private static final String CLAIM = """
            WITH running AS (
                SELECT tenant_id, count(*) AS checks
                FROM file_check
                WHERE state = 'CLAIMED' AND claimed_by <> 'nobody' AND claimed_until >= clock_timestamp()
                GROUP BY tenant_id
            ), next AS (
                SELECT file_check.id, file_check.tenant_id
                FROM file_check
                JOIN file ON file.id = file_check.file_id
                LEFT JOIN running ON running.tenant_id = file_check.tenant_id
                LEFT JOIN file_check_turn AS turn ON turn.tenant_id = file_check.tenant_id
                WHERE %s
                  AND (kind = 'VALIDATE' OR file.status <> 'UPLOADED')
                ORDER BY coalesce(running.checks, 0), turn.claimed_at NULLS FIRST, kind = 'COUNT', requested_at,
                    file_check.id
                LIMIT 1
                FOR UPDATE OF file_check SKIP LOCKED -- two processes never wait for each other
            ), turn AS (
                INSERT INTO file_check_turn (tenant_id, claimed_at)
                SELECT tenant_id, clock_timestamp() FROM next
                ON CONFLICT (tenant_id) DO UPDATE SET claimed_at = excluded.claimed_at
            )
            UPDATE file_check AS claimed
            %s
            FROM next, file
            WHERE claimed.id = next.id AND file.id = claimed.file_id
            RETURNING %s
            """.formatted(CLAIMABLE, SET_CLAIMED, CLAIMED);

    /** Without worn-out ones, which end in error by themselves. */
    private static final String CLAIM_OTHER_LENGTHS = """
            UPDATE file_check AS claimed
            %s
            FROM file
            WHERE claimed.id IN (
                SELECT id
                FROM file_check
                WHERE file_id = :file AND kind = 'COUNT' AND tokenizer = :tokenizer AND attempts < :most
                  AND %s
                FOR UPDATE SKIP LOCKED
            )
              AND file.id = claimed.file_id
            RETURNING %s
            """.formatted(SET_CLAIMED, CLAIMABLE, CLAIMED);

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

    /** Requests a count unless it exists, the file is deleted, or the tenant has {@link #MAX_OPEN_COUNTS} open ones. */
    void requestCount(StoredFile file, TokenCounts.Question question, Instant now) {
        jdbc.sql("""
                        INSERT INTO file_check (tenant_id, file_id, kind, model_id, tokenizer, max_length, state,
                                                requested_at)
                        SELECT tenant_id, id, 'COUNT', :model, :tokenizer, :maxLength, 'WAITING', :now
                        FROM file
                        WHERE id = :file AND content = 'STORED'
                          AND :most > (
                              SELECT count(*) FROM file_check
                              WHERE tenant_id = file.tenant_id AND kind = 'COUNT' AND state IN ('WAITING', 'CLAIMED')
                          )
                        FOR KEY SHARE
                        ON CONFLICT DO NOTHING
                        """)
                .param("file", file.key())
                .param("model", question.model().id())
                .param("tokenizer", question.model().tokenizer())
                .param("maxLength", question.maxLength())
                .param("now", TimeColumn.write(now))
                .param("most", MAX_OPEN_COUNTS)
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
     * Claims a check that is waiting or whose lease has expired: of the tenant with the fewest running checks, and
     * among those of the tenant that has waited longest for its turn. Validations of a tenant come before its counts,
     * and older checks before newer ones; counts wait until the rows are validated.
     *
     * @param owner this process
     */
    Optional<FileCheck> claim(String owner, Duration lease) {
        return jdbc.sql(CLAIM)
                .param("owner", owner)
                .param("lease", seconds(lease))
                .query(FileCheck.class)
                .optional();
    }

    /** Claims the counts of the same rows with the same tokenizer at other lengths, which are counted with this one. */
    List<FileCheck> claimOtherLengths(FileCheck count, String owner, Duration lease) {
        return jdbc.sql(CLAIM_OTHER_LENGTHS)
                .param("owner", owner)
                .param("lease", seconds(lease))
                .param("file", count.fileKey())
                .param("tokenizer", count.tokenizer())
                .param("most", MAX_ATTEMPTS)
                .query(FileCheck.class)
                .list();
    }

    /** Renews the leases of this process's checks. Skips locked ones, which are being ended or deleted. */
    void renew(String owner, Set<Long> checks, Duration lease) {
        jdbc.sql("""
                        UPDATE file_check
                        SET claimed_until = clock_timestamp() + make_interval(secs => :lease)
                        WHERE id IN (
                            SELECT id FROM file_check
                            WHERE state = 'CLAIMED' AND claimed_by = :owner AND id = ANY (:checks)
                            FOR UPDATE SKIP LOCKED
                        )
                        """)
                .param("lease", seconds(lease))
                .param("owner", owner)
                .param("checks", checks.toArray(Long[]::new))
                .update();
    }

    /** Releases one of this process's checks without counting the attempt. */
    void giveBack(FileCheck check, String owner) {
        jdbc.sql("""
                        UPDATE file_check
                        SET state = 'WAITING', claimed_by = NULL, claimed_until = NULL, attempts = attempts - 1
                        WHERE id = ? AND state = 'CLAIMED' AND claimed_by = ?
                        """).params(check.id(), owner).update();
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

    /**
     * Postpones a check for {@code pause}, because the store or the base model is unavailable, without counting the
     * attempt.
     */
    void postpone(FileCheck check, String owner, Duration pause) {
        jdbc.sql("""
                        UPDATE file_check
                        SET claimed_by = 'nobody', claimed_until = clock_timestamp() + make_interval(secs => :pause),
                            attempts = attempts - 1
                        WHERE id = :id AND state = 'CLAIMED' AND claimed_by = :owner
                        """)
                .param("pause", seconds(pause))
                .param("id", check.id())
                .param("owner", owner)
                .update();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
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
        lockFile(check, "NO KEY UPDATE");
        if (end(check, owner, "DONE", null, null, null)) {
            FileStatus status = report.isUsable() ? FileStatus.PROCESSED : FileStatus.ERROR;
            writeStatus(check, status, report.message(), JsonColumn.write(report));
        }
    }

    /**
     * Writes the reports of counts of one file.
     *
     * @param reports in the order of the counts
     */
    void counted(List<FileCheck> counts, String owner, List<TokenReport> reports) {
        lockFile(counts.get(0), "KEY SHARE");
        for (int index = 0; index < counts.size(); index++) {
            end(counts.get(index), owner, "DONE", JsonColumn.write(reports.get(index)), null, null);
        }
    }

    /**
     * Ends the check without a report. A file whose rows could not be checked is unusable.
     *
     * @return false if another process has ended it or the file is deleted, so that nothing was written
     */
    boolean failed(FileCheck check, String owner, String code, String message) {
        if (check.validates()) {
            lockFile(check, "NO KEY UPDATE");
        }
        boolean ended = end(check, owner, "FAILED", null, code, message);
        if (ended && check.validates()) {
            writeStatus(check, FileStatus.ERROR, message, null);
        }
        return ended;
    }

    private void lockFile(FileCheck check, String strength) {
        jdbc.sql("SELECT id FROM file WHERE id = ? FOR " + strength)
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
                        SET state = ?, report = ?::jsonb, error_code = ?, error_message = ?, claimed_by = NULL,
                            claimed_until = NULL
                        WHERE id = ? AND state = 'CLAIMED' AND claimed_by = ?
                        """)
                        .params(Arrays.asList(state, report, errorCode, errorMessage, check.id(), owner))
                        .update()
                == 1;
    }
}
