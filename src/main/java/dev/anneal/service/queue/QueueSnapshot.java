package dev.anneal.service.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The queued work of all tenants at a moment, in the order of the claims. */
final class QueueSnapshot {

    /**
     * On a level, tenants that already run as much have the older last claims; the others follow in the order of the
     * level below.
     */
    private static final String LINES = """
            SELECT slot, tenant_id, ids, running,
                   row_number() OVER (
                       PARTITION BY slot
                       ORDER BY running DESC,
                                (SELECT max(claimed_at) FROM work
                                 WHERE claimed_at IS NOT NULL AND slot = line.slot
                                   AND tenant_id = line.tenant_id) NULLS FIRST,
                                tenant_id) AS turn
            FROM (
                SELECT slot, tenant_id, array_agg(id ORDER BY turn_at, id) AS ids
                FROM work
                WHERE state = 'QUEUED'
                GROUP BY slot, tenant_id
            ) AS line
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(devices), 0) AS running
                FROM work
                WHERE state = 'RUNNING' AND slot = line.slot AND tenant_id = line.tenant_id
            ) AS load
            """;

    private final Map<Slot, List<Line>> lines;

    private QueueSnapshot(Map<Slot, List<Line>> lines) {
        this.lines = lines;
    }

    /**
     * The queued work of a tenant.
     *
     * @param ids in the order of the claims
     * @param running number of devices that its running items use
     * @param turn order among the tenants of the slot that run as much
     */
    private record Line(String tenantId, List<Long> ids, int running, int turn) {

        /** How many of its items are claimed before the item of this rank of the other tenant. */
        private long before(Line other, int rank) {
            int level = other.running + rank - 1 - running + (turn < other.turn ? 1 : 0);
            return Math.max(0, Math.min(ids.size(), level));
        }
    }

    /** Reads the queue, in the caller's transaction. */
    static QueueSnapshot read(JdbcClient jdbc) {
        Map<Slot, List<Line>> lines = new HashMap<>();
        jdbc.sql(LINES).query(row -> {
            Line line = new Line(
                    row.getString("tenant_id"),
                    List.of((Long[]) row.getArray("ids").getArray()),
                    row.getInt("running"),
                    row.getInt("turn"));
            lines.computeIfAbsent(Slot.valueOf(row.getString("slot")), slot -> new ArrayList<>())
                    .add(line);
        });
        return new QueueSnapshot(lines);
    }

    /** Positions of the items of a tenant that were queued. */
    Map<Long, QueuePosition> positions(Slot slot, String tenantId, Collection<Long> ids) {
        Map<Long, QueuePosition> positions = new HashMap<>();
        lineOf(slot, tenantId).ifPresent(line -> {
            for (int index = 0; index < line.ids().size() && positions.size() < ids.size(); index++) {
                if (ids.contains(line.ids().get(index))) {
                    positions.put(line.ids().get(index), position(slot, line, index + 1));
                }
            }
        });
        return positions;
    }

    /** Position of an item that is queued behind those of its tenant. */
    QueuePosition last(Slot slot, String tenantId) {
        Line line = lineOf(slot, tenantId).orElseGet(() -> new Line(tenantId, List.of(), 0, 0));
        QueuePosition position = position(slot, line, line.ids().size() + 1);
        return new QueuePosition(position.position(), position.depth() + 1);
    }

    private Optional<Line> lineOf(Slot slot, String tenantId) {
        return lines.getOrDefault(slot, List.of()).stream()
                .filter(line -> line.tenantId().equals(tenantId))
                .findFirst();
    }

    /**
     * Claims prefer the tenant that runs least, so a tenant's item of rank r is claimed when it runs r - 1 more items
     * than now. Before it, each other tenant has as many items claimed as lift it to that level, plus one if its turn
     * on that level is earlier, but no more than it has.
     */
    private QueuePosition position(Slot slot, Line own, int rank) {
        long position = rank;
        long depth = 0;
        for (Line other : lines.getOrDefault(slot, List.of())) {
            depth += other.ids().size();
            if (!other.tenantId().equals(own.tenantId())) {
                position += other.before(own, rank);
            }
        }
        return new QueuePosition(position, depth);
    }
}
