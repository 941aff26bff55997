package dev.anneal.service.queue;

import dev.anneal.service.platform.database.TestDatabase;

/** Fills the queue for measurements. */
public final class ManyItems {

    private ManyItems() {}

    /** Trainings of 50 tenants, one a second older than the other, queued or finished. */
    public static void insert(WorkState state, int count) {
        TestDatabase.administrator()
                .sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority, run_at,
                                          lease_token, started_at, claimed_at, finished_at)
                        SELECT 'tenant-' || i % 50, 'TRAIN', 'supervised', :state, i % 10, now() - make_interval(secs => i),
                               CASE WHEN :finished THEN 1 ELSE 0 END,
                               CASE WHEN :finished THEN now() END,
                               CASE WHEN :finished THEN now() - make_interval(secs => i) END,
                               CASE WHEN :finished THEN now() END
                        FROM generate_series(1, :count) AS i
                        """)
                .param("state", state.name())
                .param("finished", state.isFinal())
                .param("count", count)
                .update();
    }
}
