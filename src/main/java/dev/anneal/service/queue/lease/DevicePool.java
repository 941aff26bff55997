package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkerProcess;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The devices of the running workers of a group, as the database knows them. To be read and changed in a transaction
 * that has {@link #lock}ed the group, so that no device is free for two trainings.
 */
final class DevicePool {

    /** Held until the transaction ends. 1634624114 distinguishes these locks from others in the database. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(1634624114, hashtext(:group)) IS NOT NULL";

    /** Devices of a worker that trainings of others have been given, and that it has not taken yet. */
    private static final String RESERVED = """
            SELECT coalesce(sum(devices), 0)
            FROM membership
            WHERE process = :process AND (joined_at IS NULL OR NOT work_id = ANY (:joined))
            """;

    private static final String OTHERS = """
            SELECT id AS process, training_slots AS devices, free
            FROM pooled_worker
            JOIN free_devices USING (id)
            WHERE own = :process AND id <> :process AND seen_lately
            -- One that has missed a report may be gone: only if there are not enough others. Among equals not always
            -- the same one: what it cannot do, another one may.
            ORDER BY seen_at > clock_timestamp() - interval '7 seconds' DESC, free DESC, random()
            """;

    private static final String ADD = """
            INSERT INTO membership (work_id, tenant_id, lease_token, lease_nonce, process, first_rank, devices)
            VALUES (:id, :tenant, :token, :nonce, :process, :firstRank, :devices)
            """;

    private final JdbcClient jdbc;

    DevicePool(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Another worker of the group, which lacks no model that the claimant has, with its devices. */
    private record Other(UUID process, int devices, int free) {}

    /**
     * What a worker can use for a claim.
     *
     * @param free number of its own free devices
     * @param largest most devices of one worker: work that needs no more stays on one
     */
    record Reach(int devices, int free, int largest, List<Other> others) {

        /** Number of devices of all workers. */
        int pooled() {
            return devices + others.stream().mapToInt(Other::devices).sum();
        }

        int pooledFree() {
            return free + others.stream().mapToInt(Other::free).sum();
        }

        boolean isInUse() {
            return pooledFree() < pooled();
        }
    }

    /** The reach of a worker without a group. */
    static Reach alone(Claimant claimant) {
        return new Reach(claimant.devices(), claimant.free(), claimant.devices(), List.of());
    }

    /** Waits until no other claim of the group is in progress. */
    void lock(String group) {
        jdbc.sql(LOCK).param("group", group).query(Boolean.class).single();
    }

    Reach reach(Claimant claimant) {
        WorkerProcess worker = claimant.worker();
        int reserved = jdbc.sql(RESERVED)
                .param("process", worker.id())
                .param("joined", claimant.joined().toArray(Long[]::new))
                .query(Integer.class)
                .single();
        List<Other> others = jdbc.sql(OTHERS)
                .param("process", worker.id())
                .query(Other.class)
                .list();
        int largest = others.stream().mapToInt(Other::devices).max().orElse(0);
        return new Reach(
                claimant.devices(),
                Math.max(0, claimant.free() - reserved),
                Math.max(largest, claimant.devices()),
                others);
    }

    /** Gives claimed work, besides the claimant's own free devices, those of others that it needs. */
    Claim spread(Claim claim, Reach reach) {
        int size = claim.part().size();
        int own = size <= reach.largest() ? size : Math.min(size, reach.free());
        int rank = own;
        for (Other other : reach.others()) {
            int part = Math.min(other.free(), size - rank);
            if (part > 0) {
                add(claim, other.process(), rank, part);
                rank += part;
            }
        }
        return claim.with(new Claim.Part(0, own, size));
    }

    private void add(Claim claim, UUID process, int firstRank, int devices) {
        jdbc.sql(ADD)
                .params(claim.lease().parameters())
                .param("tenant", claim.tenantId())
                .param("process", process)
                .param("firstRank", firstRank)
                .param("devices", devices)
                .update();
    }
}
