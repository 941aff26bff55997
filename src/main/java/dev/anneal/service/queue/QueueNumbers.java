package dev.anneal.service.queue;

import dev.anneal.service.platform.database.SystemDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Figures of the whole queue, across tenants, that name no tenant. */
@Component
public final class QueueNumbers {

    private static final String COUNTS = """
            SELECT kind, state, count(*) AS count
            FROM work
            WHERE finished_at IS NULL
            GROUP BY kind, state
            ORDER BY kind, state
            """;

    private static final String OLDEST = """
            SELECT extract(EPOCH FROM clock_timestamp() - min(run_at))::double precision
            FROM work
            WHERE state = 'QUEUED' AND slot = :slot AND run_at <= clock_timestamp()
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final QueueSnapshots<QueueSnapshot> snapshots;

    QueueNumbers(JdbcClient jdbc, SystemDatabase system) {
        this.jdbc = jdbc;
        this.system = system;
        this.snapshots = new QueueSnapshots<>(() -> system.call(() -> QueueSnapshot.read(jdbc)));
    }

    /** Unfinished work by kind and state, without zeros. */
    public List<WorkCount> counts() {
        return system.call(() -> jdbc.sql(COUNTS).query(WorkCount.class).list());
    }

    /** How long the oldest claimable work has been waiting; empty if there is none. */
    public Optional<Duration> oldestQueued(Slot slot) {
        return system.call(() -> jdbc.sql(OLDEST)
                        .param("slot", slot.name())
                        .query(Double.class)
                        .optional())
                .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)));
    }

    /**
     * Positions of the QUEUED ones among a tenant's items. In a long queue they are some seconds old, and items that
     * were queued since count as the tenant's last.
     *
     * @param ids items that were just read as QUEUED
     */
    public Map<Long, QueuePosition> positions(Slot slot, String tenantId, Collection<Long> ids) {
        QueueSnapshots.Shown<QueueSnapshot> shown = snapshots.get();
        Map<Long, QueuePosition> positions = shown.queue().positions(slot, tenantId, Set.copyOf(ids));
        if (!shown.isFresh()) {
            ids.forEach(
                    id -> positions.computeIfAbsent(id, unseen -> shown.queue().last(slot, tenantId)));
        }
        return positions;
    }
}
