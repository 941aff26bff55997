package dev.anneal.service.files;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes expired files, and content left by unfinished uploads and deletions. */
@Component
@ConditionalOnRole(Role.API)
final class FileSweeper {

    private static final Logger LOG = LoggerFactory.getLogger(FileSweeper.class);

    /** Longer than any upload takes: its process is gone. */
    private static final Duration LONGEST_UPLOAD = Duration.ofDays(1);

    private static final int BATCH = 100;

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final FileRemoval removal;
    private final Clock clock;

    /**
     * Position at which the next sweep continues, so that files in use, or whose content cannot be deleted, do not
     * delay others.
     */
    private long afterExpired;

    private long afterRemains;

    FileSweeper(JdbcClient jdbc, SystemDatabase database, FileRemoval removal, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.removal = removal;
        this.clock = clock;
    }

    void runOnce() {
        Instant now = clock.instant();
        int ended = database.call(() -> endExpired(now));
        List<Remains> remains = database.call(() -> findRemains(now));
        remains.forEach(file -> removal.removeContent(file.tenantId(), file.publicId()));
        if (ended > 0) {
            LOG.info("{} files have expired and are deleted", ended);
        }
    }

    /** Files in use are kept, invisible to clients, until a later sweep. */
    private int endExpired(Instant now) {
        List<Remains> expired = jdbc.sql("""
                        SELECT id, tenant_id, public_id
                        FROM file
                        WHERE content = 'STORED' AND expires_at <= ? AND id > ?
                        ORDER BY id
                        LIMIT ?
                        FOR UPDATE SKIP LOCKED -- another process sweeps as well
                        """)
                .params(TimeColumn.write(now), afterExpired, BATCH)
                .query(Remains.class)
                .list();
        afterExpired = next(expired);
        List<Remains> unused = expired.stream()
                .filter(file ->
                        removal.unfinishedUser(file.tenantId(), file.publicId()).isEmpty())
                .toList();
        unused.forEach(file -> removal.doom(file.id()));
        return unused.size();
    }

    private List<Remains> findRemains(Instant now) {
        jdbc.sql("""
                        UPDATE file SET content = 'DOOMED'
                        WHERE id IN (
                            SELECT id FROM file
                            WHERE content = 'RECEIVING' AND created_at < ?
                            FOR UPDATE SKIP LOCKED -- another process sweeps as well
                        )
                        """).param(TimeColumn.write(now.minus(LONGEST_UPLOAD))).update();
        List<Remains> remains =
                jdbc.sql("""
                        SELECT id, tenant_id, public_id
                        FROM file
                        WHERE content = 'DOOMED' AND id > ?
                        ORDER BY id
                        LIMIT ?
                        """).params(afterRemains, BATCH).query(Remains.class).list();
        afterRemains = next(remains);
        return remains;
    }

    /** The position after a full batch, or the start. */
    private static long next(List<Remains> batch) {
        return batch.size() < BATCH ? 0 : batch.get(BATCH - 1).id();
    }

    /** A file whose content must be deleted. */
    record Remains(long id, String tenantId, String publicId) {}
}
