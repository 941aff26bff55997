package dev.anneal.service.files.upload;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Ends expired uploads, and deletes what ended ones have left. */
@Component
@ConditionalOnRole(Role.API)
final class UploadSweeper {

    private static final Logger LOG = LoggerFactory.getLogger(UploadSweeper.class);

    private static final int BATCH = 100;

    /** How long an ended upload can be asked for. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final UploadRemoval removal;
    private final Clock clock;

    /** The next sweep goes on behind this upload, so that parts which cannot be deleted do not keep others waiting. */
    private long after;

    UploadSweeper(JdbcClient jdbc, SystemDatabase database, UploadRemoval removal, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.removal = removal;
        this.clock = clock;
    }

    void runOnce() {
        int expired = database.call(
                () -> jdbc.sql("""
                                UPDATE upload SET state = 'EXPIRED'
                                WHERE id IN (
                                    SELECT id FROM upload
                                    WHERE state = 'PENDING' AND expires_at <= ?
                                    FOR UPDATE SKIP LOCKED -- another process sweeps as well
                                )
                                """).param(UploadRows.timestamp(clock.instant())).update());
        if (expired > 0) {
            LOG.info("{} uploads were not completed in time; their parts are deleted", expired);
        }
        List<Upload> left = database.call(() -> jdbc.sql(
                        "SELECT * FROM upload WHERE state <> 'PENDING' AND NOT swept AND id > ? ORDER BY id LIMIT ?")
                .params(after, BATCH)
                .query(UploadRows::upload)
                .list());
        left.forEach(removal::removeParts);
        after = left.size() < BATCH ? 0 : left.get(BATCH - 1).key();
        database.run(() -> jdbc.sql("DELETE FROM upload WHERE swept AND created_at < ?")
                .param(UploadRows.timestamp(clock.instant().minus(REMEMBERED)))
                .update());
    }
}
