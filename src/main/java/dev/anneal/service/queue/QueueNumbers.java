package dev.anneal.service.queue;

import dev.anneal.service.platform.database.SystemDatabase;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * Claims prefer the tenant that runs least, so a tenant's item of rank r is claimed when it runs r - 1 more items than now. Before it,
     * each other tenant has as many items claimed as lift it to that level, plus one if its turn on that level is earlier, but no more than
     * it has. On a level, tenants that already run as much have the older last claims; the others follow in the order of the level below.
     */
    private static final String POSITIONS = """
            WITH load AS (
                SELECT slot, tenant_id,
                       count(*) FILTER (WHERE state = 'QUEUED') AS queued,
                       count(*) FILTER (WHERE state = 'RUNNING') AS running
                FROM work
                WHERE state IN ('QUEUED', 'RUNNING')
                GROUP BY slot, tenant_id
            ), turn AS (
                SELECT load.*,
                       row_number() OVER (
                           PARTITION BY slot
                           ORDER BY running DESC,
                                    (SELECT max(claimed_at) FROM work
                                     WHERE claimed_at IS NOT NULL AND slot = load.slot AND tenant_id = load.tenant_id) NULLS FIRST,
                                    tenant_id) AS turn
                FROM load
            ), lines AS MATERIALIZED (
                SELECT DISTINCT slot, tenant_id FROM work WHERE id = ANY (:ids) AND state = 'QUEUED'
            ), ranked AS (
                -- One pass over the index work_queued; a count for each asked item took 30 ms for 20 of 1,000 items. Materialized lines,
                -- because where statistics were old they were looked up again for each of the 1,000, which took 200 ms.
                SELECT work.id, slot, tenant_id, row_number() OVER (PARTITION BY slot, tenant_id ORDER BY turn_at, work.id) AS rank
                FROM lines
                JOIN work USING (slot, tenant_id)
                WHERE work.state = 'QUEUED'
            ), asked AS (
                SELECT ranked.id, ranked.slot, turn.tenant_id, turn.running, turn.turn, ranked.rank
                FROM ranked
                JOIN turn ON turn.slot = ranked.slot AND turn.tenant_id = ranked.tenant_id
                WHERE ranked.id = ANY (:ids)
            )
            SELECT asked.id,
                   asked.rank + coalesce(sum(
                       least(other.queued,
                             greatest(0, asked.running + asked.rank - 1 - other.running
                                         + CASE WHEN other.turn < asked.turn THEN 1 ELSE 0 END)))
                       FILTER (WHERE other.tenant_id <> asked.tenant_id), 0) AS position,
                   sum(other.queued) AS depth
            FROM asked
            JOIN turn AS other ON other.slot = asked.slot
            GROUP BY asked.id, asked.rank
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;

    QueueNumbers(JdbcClient jdbc, SystemDatabase system) {
        this.jdbc = jdbc;
        this.system = system;
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

    /** Positions of the QUEUED ones among the items. */
    public Map<Long, QueuePosition> positions(Collection<Long> ids) {
        Map<Long, QueuePosition> positions = new HashMap<>();
        system.call(() -> jdbc.sql(POSITIONS)
                        .param("ids", ids.toArray(Long[]::new))
                        .query((row, number) -> Map.entry(
                                row.getLong("id"), new QueuePosition(row.getLong("position"), row.getLong("depth"))))
                        .list())
                .forEach(entry -> positions.put(entry.getKey(), entry.getValue()));
        return positions;
    }
}
