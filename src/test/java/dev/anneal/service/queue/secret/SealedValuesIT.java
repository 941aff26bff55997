package dev.anneal.service.queue.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Secrets of stored documents go with the work that needs them. */
class SealedValuesIT extends ServiceTest {

    private static final String WORK = """
            INSERT INTO work (tenant_id, kind, method, state, priority)
            VALUES (:tenant, 'EVALUATE', 'graded', 'QUEUED', 1)
            RETURNING id
            """;

    @Autowired
    private SealedValues values;

    private long workWithSecret() {
        return tenants.call(ALPHA, () -> {
            long work = jdbc.sql(WORK).param("tenant", ALPHA).query(Long.class).single();
            values.keep(ALPHA, work, "secret");
            return work;
        });
    }

    private static long secretsOf(long work) {
        return TestDatabase.administrator()
                .sql("SELECT count(*) FROM sealed_value WHERE work_id = :work")
                .param("work", work)
                .query(Long.class)
                .single();
    }

    /** Also of work that no worker has claimed. */
    @Test
    void thoseOfEndedWorkAreRemoved() {
        long ended = workWithSecret();
        long waiting = workWithSecret();
        TestDatabase.administrator()
                .sql("UPDATE work SET state = 'CANCELLED', finished_at = clock_timestamp() WHERE id = :id")
                .param("id", ended)
                .update();

        values.removeOfEnded();

        assertThat(secretsOf(ended)).isZero();
        assertThat(secretsOf(waiting)).isOne();
    }
}
