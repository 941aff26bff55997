package dev.anneal.service.growth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.Times;
import dev.anneal.service.growth.Plans.Plan;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.queue.ManyItems;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Leases;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.context.TestPropertySource;

/**
 * Reads, claims and retention with ten million steps, events and entries of the audit log, all under generic plans.
 * Prints times and plans, and fails if a statement of a request or a claim reads more rows than a page or the queue
 * has. Needs 15 GB and half an hour. Not part of the build: {@code mvn process-test-classes surefire:test
 * -Dtest=GrowthBenchmark -Danneal.test.postgres=embedded}; {@code -Danneal.test.rows} sets another number of rows.
 */
@TestPropertySource(
        properties = {
            "anneal.admin-keys=administrator-key-0123456789",
            "anneal.rate-limits.requests-per-minute=0",
            "anneal.audit.retention=365d",
            "anneal.retention.history=365d"
        })
class GrowthBenchmark extends ServiceTest {

    private static final Logger LOG = LoggerFactory.getLogger(GrowthBenchmark.class);
    private static final int ROWS = Integer.getInteger("anneal.test.rows", 10_000_000);
    private static final String ADMINISTRATOR = "administrator";
    private static final int QUEUED = 1000;
    private static final int READS = 200;
    private static final int WARM_UP = 100;

    @Autowired
    @Qualifier("auditLogSweep")
    private RecurringChore auditLogSweep;

    @Autowired
    @Qualifier("historyRetention")
    private RecurringChore historyRetention;

    @BeforeAll
    static void makePlansGeneric() {
        Plans.makeGeneric();
    }

    @Test
    void readsClaimsAndRetentionStayBounded() throws Exception {
        String file = file(ALPHA, 10);
        String template = queuedJob(ALPHA, file, "");
        long start = System.nanoTime();
        GrownDatabase grown = new GrownDatabase(ROWS);
        grown.fill(ALPHA, template);
        ManyItems.insert(WorkState.QUEUED, QUEUED);
        LOG.info("{} rows, {} jobs in {} s", ROWS, grown.jobs(), (System.nanoTime() - start) / 1_000_000_000);
        sizes();
        Map<String, Runnable> requests = requests();

        requests.forEach((name, request) -> LOG.info("{}: {}", name, Times.of(WARM_UP, READS, request)));
        List<Plan> plans = Plans.of(() -> requests.values().forEach(Runnable::run));
        plans.stream()
                .filter(Plan::readsLargeTable)
                .collect(Collectors.toMap(Plan::statement, plan -> plan, (one, other) -> one, LinkedHashMap::new))
                .values()
                .forEach(plan -> LOG.info("{}", plan));
        retention(requests);

        assertThat(plans.stream().filter(Plan::isUnbounded)).isEmpty();
    }

    private static void sizes() {
        TestDatabase.administrator().sql("""
                        SELECT relname || ': ' || reltuples::bigint || ' rows, ' || pg_size_pretty(pg_table_size(oid)) || ' and indexes of '
                               || pg_size_pretty(pg_indexes_size(oid))
                        FROM pg_class
                        WHERE relname IN ('job_event', 'job_step', 'audit_log', 'job', 'work')
                        ORDER BY relname
                        """).query(String.class).list().forEach(LOG::info);
    }

    private Map<String, Runnable> requests() {
        String jobs = "/v1/fine_tuning/jobs";
        String middle = jobAt("ORDER BY external_id OFFSET (SELECT count(*) / 2 FROM job WHERE tenant_id = 'alpha')");
        String oldest = jobAt("ORDER BY external_id OFFSET 30");
        String longest = jobAt("ORDER BY total_steps DESC");
        String audit = "/v1/organization/audit_logs";
        Map<String, Runnable> requests = new LinkedHashMap<>();
        requests.put("jobs, first page", read(ALPHA, jobs));
        requests.put("jobs, from the middle", read(ALPHA, jobs + "?after=" + middle));
        requests.put("jobs, last page", read(ALPHA, jobs + "?after=" + oldest));
        requests.put("jobs by metadata", read(ALPHA, jobs + "?metadata%5Brun%5D=77"));
        requests.put("jobs by status", read(ALPHA, jobs + "?status=failed&status=succeeded"));
        requests.put("jobs by model", read(ALPHA, jobs + "?model=anneal-tiny"));
        requests.put("jobs by words", read(ALPHA, jobs + "?search=anneal-tiny"));
        requests.put("a job", read(ALPHA, jobs + "/" + longest));
        requests.put("events, first page", read(ALPHA, jobs + "/" + longest + "/events"));
        requests.put("events, last page", read(ALPHA, jobs + "/" + longest + "/events?after=" + eventOf(longest, 21)));
        requests.put("metrics, first 1,000", read(ALPHA, jobs + "/" + longest + "/metrics"));
        requests.put("metrics, last 1,000", read(ALPHA, jobs + "/" + longest + "/metrics?after=3949"));
        requests.put("audit log, first page", read(ADMINISTRATOR, audit));
        requests.put("audit log, from the middle", read(ADMINISTRATOR, audit + "?after=" + entryAt(ROWS / 2)));
        requests.put("audit log, a rare action", read(ADMINISTRATOR, audit + "?event_types%5B%5D=project.archived"));
        requests.put("audit log, a small project", read(ADMINISTRATOR, audit + "?project_ids%5B%5D=tenant-50"));
        requests.put("audit log, an actor", read(ADMINISTRATOR, audit + "?actor_ids%5B%5D=key_50"));
        requests.put("audit log, an object", read(ADMINISTRATOR, audit + "?resource_ids%5B%5D=file-" + ROWS / 3));
        requests.put("audit log, nobody", read(ADMINISTRATOR, audit + "?actor_ids%5B%5D=key_none"));
        requests.put("claim", this::claim);
        return requests;
    }

    private Runnable read(String tenant, String path) {
        return () -> {
            HttpResponse<String> response = send(request(tenant, path), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        };
    }

    /** Claims a training and ends it. */
    private void claim() {
        Claim claimed = leases.claim(Claimants.of("worker", Slot.TRAINING, Set.of("supervised"), Set.of()))
                .orElseThrow();
        leases.succeed(claimed.lease(), Leases.nothing());
    }

    private static String jobAt(String order) {
        return text("SELECT external_id FROM job WHERE tenant_id = 'alpha' AND result_file IS NOT NULL " + order
                + " LIMIT 1");
    }

    private static String eventOf(String job, int number) {
        return text("SELECT job_event.external_id FROM job_event JOIN job ON job.id = job_id WHERE job.external_id = '"
                + job + "' AND number = " + number);
    }

    private static String entryAt(int number) {
        return text("SELECT 'audit_log-' || lpad(to_hex(" + number + "), 26, '0')");
    }

    private static String text(String query) {
        return TestDatabase.administrator().sql(query).query(String.class).single();
    }

    /** Sweeps while others read. */
    private void retention(Map<String, Runnable> requests) throws Exception {
        sweep("audit log", "audit_log", auditLogSweep.run(), requests.get("audit log, from the middle"));
        long steps = count("job_step");
        sweep("history", "job_event", historyRetention.run(), requests.get("events, first page"));
        LOG.info("history: {} steps gone in the same time", steps - count("job_step"));
    }

    private static void sweep(String name, String table, Runnable sweep, Runnable read) throws Exception {
        long before = count(table);
        ExecutorService sweeper = Executors.newSingleThreadExecutor();
        try {
            long start = System.nanoTime();
            Future<?> swept = sweeper.submit(sweep);
            List<Double> times = new ArrayList<>();
            while (!swept.isDone()) {
                times.add(Times.milliseconds(read));
            }
            swept.get();
            double seconds = (System.nanoTime() - start) / 1e9;
            long gone = before - count(table);
            LOG.info(
                    "{}: {} rows gone in {} s ({} rows/s); reads meanwhile {}",
                    name,
                    gone,
                    Math.round(seconds * 10) / 10.0,
                    Math.round(gone / seconds),
                    new Times(times));
        } finally {
            sweeper.shutdownNow();
        }
        TestDatabase.administrator().sql("VACUUM ANALYZE " + table).update();
        sizes();
    }

    private static long count(String table) {
        return TestDatabase.administrator()
                .sql("SELECT count(*) FROM " + table)
                .query(Long.class)
                .single();
    }
}
