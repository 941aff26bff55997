package dev.anneal.service.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.queue.WorkState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much a page far down the list of jobs reads, under a plan that does not know where the page begins. */
@PostgresTest
class DeepPagesIT {

    private static final int JOBS = 5_000;
    private static final int LIMIT = 20;
    private static final PageRequest NEWEST = new PageRequest(null, LIMIT, false);

    /** The driver prepares a statement at its fifth execution, and PostgreSQL may keep its plan after five more. */
    private static final int UNTIL_PLAN_IS_KEPT = 12;

    private final JobStore store = JobFixture.store();

    /** Nor does it sort the others. */
    @Test
    void theFirstPageReadsItsOwnRows() {
        createJobs("alpha", "ftjob-", JOBS);

        long read = rowsReadBy(() -> store.page(NEWEST, JobFilter.NONE));

        assertThat(read).isBetween((long) LIMIT, 10L * LIMIT);
    }

    /** Though they are newer, and the plan was made for the tenant that has most of them. */
    @Test
    void aPageReadsNoJobsOfOtherTenants() {
        createJobs("beta", "ftjob-0", 10);
        createJobs("alpha", "ftjob-", JOBS);

        long read = rowsReadOfNext("beta", "alpha", () -> store.page(NEWEST, JobFilter.NONE));

        assertThat(read).isLessThan(10L * LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"false, ftjob-00100, ftjob-00099", "true, ftjob-04900, ftjob-04901"})
    void aPageReadsItsOwnRows(boolean ascending, String after, String first) {
        createJobs("alpha", "ftjob-", JOBS);

        long read = rowsReadBy(() -> {
            List<Job> page = store.page(new PageRequest(after, LIMIT, ascending), JobFilter.NONE);
            assertThat(page).hasSize(LIMIT + 1);
            assertThat(page.get(0).id()).isEqualTo(first);
        });

        assertThat(read).isBetween((long) LIMIT, 10L * LIMIT);
    }

    @Test
    void theFirstPageIsTheNewest() {
        createJobs("alpha", "ftjob-", JOBS);

        List<Job> page = TestDatabase.tenant().call("alpha", () -> store.page(NEWEST, JobFilter.NONE));

        assertThat(page.get(0).id()).isEqualTo("ftjob-05000");
    }

    /** Whether many jobs have what is asked for or one among thousands has. */
    @ParameterizedTest
    @CsvSource({
        "SUCCEEDED,, 21",
        "PAUSED,, 1",
        "FAILED,, 0",
        "PAUSED, supervised, 1",
        "CANCELLED, dpo, 21",
        ", reinforcement, 0",
        ", supervised, 21"
    })
    void aPageByStateOrMethodReadsItsOwnRows(WorkState state, String method, int found) {
        createJobs("alpha", "ftjob-", JOBS);
        pauseOldest();
        JobFilter filter =
                new JobFilter(state == null ? Set.of() : Set.of(state), method, null, List.of(), MetadataFilter.NONE);

        long read = rowsReadBy(() -> assertThat(store.page(NEWEST, filter)).hasSize(found));

        assertThat(read).isLessThan(10L * LIMIT);
    }

    /** The next tenant's page on the same connection, with a plan that was right for a tenant without jobs. */
    @Test
    void aPlanForATenantWithFewJobsIsNotKeptForOneWithMany() {
        createJobs("alpha", "ftjob-", JOBS);
        JobFilter filter = new JobFilter(Set.of(), "supervised", null, List.of(), MetadataFilter.NONE);

        long read = rowsReadOfNext("alpha", "beta", () -> store.page(NEWEST, filter));

        assertThat(read).isLessThan(10L * LIMIT);
    }

    @Test
    void aJobIsReadAloneAfterAPlanForATenantWithFewJobs() {
        createJobs("alpha", "ftjob-", JOBS);

        long read = rowsReadOfNext("alpha", "beta", () -> store.byId("ftjob-02500"));

        assertThat(read).isLessThan(LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"model-1, 21", "another, 0"})
    void aPageOfAModelReadsItsOwnRows(String model, int found) {
        createJobs("alpha", "ftjob-", JOBS);
        JobFilter filter = new JobFilter(Set.of(), null, model, List.of(), MetadataFilter.NONE);

        long read = rowsReadBy(() -> assertThat(store.page(NEWEST, filter)).hasSize(found));

        assertThat(read).isLessThan(10L * LIMIT);
    }

    /** But entries of an index, and rows of the page that has just changed. */
    @Test
    void countsReadHardlyAnyRow() {
        createJobs("alpha", "ftjob-", JOBS);
        createJobs("beta", "ftjob-0", JOBS);
        pauseOldest();

        long read = rowsReadBy(() -> assertThat(store.counts())
                .containsOnly(
                        entry(WorkState.SUCCEEDED, JOBS - JOBS / 20 - 1L),
                        entry(WorkState.CANCELLED, JOBS / 20L),
                        entry(WorkState.PAUSED, 1L)));

        assertThat(read).isLessThan(10L * LIMIT);
    }

    private static void pauseOldest() {
        TestDatabase.administrator()
                .sql("UPDATE work SET state = 'PAUSED', finished_at = NULL WHERE id = (SELECT min(id) FROM work)")
                .update();
    }

    private static long rowsReadBy(Runnable reading) {
        return TestDatabase.tenant().call("alpha", () -> {
            long before = rowsRead();
            reading.run();
            return rowsRead() - before;
        });
    }

    /** By a query of a tenant on a connection that has made it for another one as often as makes it keep a plan. */
    private static long rowsReadOfNext(String tenant, String before, Runnable query) {
        return TestDatabase.tenant().call(before, () -> {
            for (int execution = 0; execution < UNTIL_PLAN_IS_KEPT; execution++) {
                query.run();
            }
            long readBefore = rowsRead();
            TestDatabase.jdbc()
                    .sql("SELECT set_config('app.tenant', :tenant, true)")
                    .param("tenant", tenant)
                    .query(String.class)
                    .single();
            query.run();
            return rowsRead() - readBefore;
        });
    }

    /**
     * Rows of jobs and of their work that this transaction has read, and those before it that its connection has not
     * reported yet.
     */
    private static long rowsRead() {
        return TestDatabase.jdbc().sql("""
                SELECT sum(seq_tup_read + idx_tup_fetch)
                FROM pg_stat_xact_user_tables
                WHERE relname IN ('job', 'work')
                """).query(Long.class).single();
    }

    private static void createJobs(String tenant, String prefix, int count) {
        TestDatabase.administrator()
                .sql("""
                WITH done AS (
                    INSERT INTO work (tenant_id, kind, method, state, priority, lease_token, started_at, claimed_at, finished_at)
                    SELECT :tenant, 'TRAIN', CASE WHEN number % 10 = 0 THEN 'dpo' ELSE 'supervised' END,
                           CASE WHEN number % 20 = 0 THEN 'CANCELLED' ELSE 'SUCCEEDED' END, 5, 1, now(), now(), now()
                    FROM generate_series(1, :jobs) AS number
                    RETURNING id
                ), recorded AS (
                    INSERT INTO job (tenant_id, external_id, work_id, created_at, model, training_file, metadata, request,
                                     body_digest)
                    SELECT :tenant, :prefix || lpad(row_number() OVER (ORDER BY id)::text, 5, '0'), id, now(), 'model-' || id % 3, 'file-1',
                           '{}', '{"seed": 1, "metadata": {}}', ''
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
        TestDatabase.administrator().sql("VACUUM ANALYZE job, work").update();
    }
}
