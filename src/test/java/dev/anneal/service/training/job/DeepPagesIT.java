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
    private static final PageRequest NEWEST = new PageRequest(null, LIMIT, false);

    /** Of the driver. */
    private static final int UNTIL_PREPARED = 6;

    private final JobStore store = JobFixture.store();

    /** Nor does it sort the others. */
    @Test
    void theFirstPageReadsItsOwnRows() {
        createJobs("alpha", "ftjob-", JOBS);

        long read = TestDatabase.tenant().call("alpha", () -> {
            planForAll();
            store.page(NEWEST, MetadataFilter.NONE);
            return rowsRead();
        });

        assertThat(read).isBetween((long) LIMIT, 10L * LIMIT);
    }

    /** Though they are newer, and the plan was made for the tenant that has most of them. */
    @Test
    void aPageReadsNoJobsOfOtherTenants() {
        createJobs("beta", "ftjob-0", 10);
        createJobs("alpha", "ftjob-", JOBS);

        long read = TestDatabase.tenant().call("alpha", () -> {
            planForAll();
            for (int execution = 0; execution < UNTIL_PREPARED; execution++) {
                store.page(NEWEST, MetadataFilter.NONE);
            }
            long before = rowsRead();
            TestDatabase.jdbc()
                    .sql("SELECT set_config('app.tenant', 'beta', true)")
                    .query(String.class)
                    .single();
            assertThat(store.page(NEWEST, MetadataFilter.NONE)).hasSize(10);
            return rowsRead() - before;
        });

        assertThat(read).isLessThan(10L * LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"false, ftjob-00100, ftjob-00099", "true, ftjob-04900, ftjob-04901"})
    void aPageReadsItsOwnRows(boolean ascending, String after, String first) {
        createJobs("alpha", "ftjob-", JOBS);

        long read = TestDatabase.tenant().call("alpha", () -> {
            planForAll();
            List<Job> page = store.page(new PageRequest(after, LIMIT, ascending), MetadataFilter.NONE);
            assertThat(page).hasSize(LIMIT + 1);
            assertThat(page.get(0).id()).isEqualTo(first);
            return rowsRead();
        });

        assertThat(read).isBetween((long) LIMIT, 10L * LIMIT);
    }

    @Test
    void theFirstPageIsTheNewest() {
        createJobs("alpha", "ftjob-", JOBS);

        List<Job> page = TestDatabase.tenant().call("alpha", () -> store.page(NEWEST, MetadataFilter.NONE));

        assertThat(page.get(0).id()).isEqualTo("ftjob-05000");
    }

    private static void planForAll() {
        TestDatabase.jdbc()
                .sql("SET LOCAL plan_cache_mode = force_generic_plan")
                .update();
    }

    /** Rows of jobs that this transaction has read. */
    private static long rowsRead() {
        return TestDatabase.jdbc()
                .sql("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'job'")
                .query(Long.class)
                .single();
    }

    private static void createJobs(String tenant, String prefix, int count) {
        TestDatabase.administrator()
                .sql("""
                WITH done AS (
                    INSERT INTO work (tenant_id, kind, method, state, priority, lease_token, started_at, claimed_at, finished_at)
                    SELECT :tenant, 'TRAIN', 'supervised', 'SUCCEEDED', 5, 1, now(), now(), now()
                    FROM generate_series(1, :jobs)
                    RETURNING id
                ), recorded AS (
                    INSERT INTO job (tenant_id, external_id, work_id, created_at, model, training_file, seed, metadata, request,
                                     body_digest)
                    SELECT :tenant, :prefix || lpad(row_number() OVER (ORDER BY id)::text, 5, '0'), id, now(), 'some-model', 'file-1', 1,
                           '{}', '{"metadata": {}}', ''
                    FROM done
                    RETURNING id
                )
                INSERT INTO job_progress (job_id, tenant_id)
                SELECT id, :tenant
                FROM recorded
                """)
                .param("tenant", tenant)
                .param("prefix", prefix)
                .param("jobs", count)
                .update();
        TestDatabase.administrator().sql("ANALYZE job").update();
    }
}
