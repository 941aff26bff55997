package dev.anneal.service.queue;

import dev.anneal.service.platform.database.SystemDatabase;
import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finished work whose leftovers have not been removed yet. Any process may do so at any time. */
@Component
public final class FinishedWork {

    /**
     * Work that was never claimed has no leftovers. Read by id, so that an item that cannot be removed does not block
     * later ones.
     */
    private static final String NEXT = """
            SELECT id, kind, lease_token AS attempts
            FROM work
            WHERE finished_at IS NOT NULL
              AND finished_at < clock_timestamp() - make_interval(secs => :age)
              AND NOT swept
              AND lease_token > 0
              AND id > :after
            ORDER BY id
            LIMIT 1
            """;

    private static final String SWEPT = "UPDATE work SET swept = true WHERE id = :id AND finished_at IS NOT NULL";

    private static final String REMOVE = "DELETE FROM work WHERE id = :id AND finished_at IS NOT NULL";

    private final JdbcClient jdbc;
    private final SystemDatabase system;

    FinishedWork(JdbcClient jdbc, SystemDatabase system) {
        this.jdbc = jdbc;
        this.system = system;
    }

    /**
     * Finished work.
     *
     * @param attempts how often it was claimed; the tokens of its leases were 1 to this
     */
    public record Item(long id, WorkKind kind, long attempts) {}

    /**
     * The next item to sweep.
     *
     * @param after id of the previous item, 0 for the first
     * @param age minimum time since its end
     */
    public Optional<Item> next(long after, Duration age) {
        return system.call(() -> jdbc.sql(NEXT)
                .param("after", after)
                .param("age", age.toNanos() / 1e9)
                .query(Item.class)
                .optional());
    }

    /** Records that the item has no leftovers. */
    public void swept(Item item) {
        system.run(() -> jdbc.sql(SWEPT).param("id", item.id()).update());
    }

    /** Removes an item with its attempts, after the row that referred to it. */
    public void remove(long id) {
        jdbc.sql(REMOVE).param("id", id).update();
    }
}
