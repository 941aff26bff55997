package dev.anneal.service.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.paging.PageRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much a page far down the list of jobs reads, under a plan that does not know where the page begins. */
@PostgresTest
class DeepPagesIT {

    private static final int JOBS = 5_000;
    private static final int LIMIT = 20;

    private final JobStore store = JobFixture.store();

    @ParameterizedTest
    @CsvSource({"false, ftjob-00100, ftjob-00099", "true, ftjob-04900, ftjob-04901"})
    void aPageReadsItsOwnRows(boolean ascending, String after, String first) {
        createJobs();

        long read = TestDatabase.tenant().call("alpha", () -> {
            TestDatabase.jdbc()
                    .sql("SET LOCAL plan_cache_mode = force_generic_plan")
                    .update();
            List<Job> page = store.page(new PageRequest(after, LIMIT, ascending), MetadataFilter.NONE);
            assertThat(page).hasSize(LIMIT + 1);
            assertThat(page.get(0).id()).isEqualTo(first);
            return rowsRead();
        });

        assertThat(read).isBetween((long) LIMIT, 10L * LIMIT);
    }

    @Test
    void theFirstPageIsTheNewest() {
        createJobs();

        List<Job> page = TestDatabase.tenant()
                .call("alpha", () -> store.page(new PageRequest(null, LIMIT, false), MetadataFilter.NONE));

        assertThat(page.get(0).id()).isEqualTo("ftjob-05000");
    }

    /** Rows of jobs that this transaction has read. */
    private static long rowsRead() {
        return TestDatabase.jdbc()
                .sql("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'job'")
                .query(Long.class)
                .single();
    }

    private static void createJobs() {
        TestDatabase.administrator().sql("""
                WITH done AS (
                    INSERT INTO work (tenant_id, kind, method, state, priority, lease_token, started_at, claimed_at, finished_at)
                    SELECT 'alpha', 'TRAIN', 'supervised', 'SUCCEEDED', 5, 1, now(), now(), now()
                    FROM generate_series(1, :jobs)
                    RETURNING id
                ), recorded AS (
                    INSERT INTO job (tenant_id, external_id, work_id, created_at, model, training_file, seed, metadata, request,
                                     body_digest)
                    SELECT 'alpha', 'ftjob-' || lpad(row_number() OVER (ORDER BY id)::text, 5, '0'), id, now(), 'some-model', 'file-1', 1,
                           '{}', '{"metadata": {}}', ''
                    FROM done
                    RETURNING id
                )
                INSERT INTO job_progress (job_id, tenant_id)
                SELECT id, 'alpha'
                FROM recorded
                """).param("jobs", JOBS).update();
        TestDatabase.administrator().sql("ANALYZE job").update();
    }
}
