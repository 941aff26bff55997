package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time of a claim with 10,000 queued and 20,000 finished items of 50 tenants and 8 workers, each of which claims and ends 20 items a
 * second, far more than any fleet that trains. On 2 cores of a Xeon server: p50 2.2 ms, p99 2.5 ms, max 8 ms. Not part of the build: {@code mvn test-compile surefire:test -Dtest=ClaimBenchmark}.
 */
@PostgresTest
class ClaimBenchmark {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimBenchmark.class);
    private static final int WORKERS = 8;
    private static final int CLAIMS_PER_WORKER = 250;
    private static final int WARM_UP = 50;
    private static final Duration PACE = Duration.ofMillis(50);
    private static final double BUDGET_MILLISECONDS = 20;

    @Test
    void claimStaysWithinItsBudget() throws Exception {
        fill("QUEUED", 10_000);
        fill("SUCCEEDED", 20_000);
        TestDatabase.administrator().sql("ANALYZE work").update();

        double[] milliseconds = measure();

        LOG.info(
                "{} claims by {} workers: p50 {} ms, p99 {} ms, max {} ms",
                milliseconds.length,
                WORKERS,
                percentile(milliseconds, 0.5),
                percentile(milliseconds, 0.99),
                percentile(milliseconds, 1));
        assertThat(percentile(milliseconds, 0.99)).isLessThan(BUDGET_MILLISECONDS);
    }

    private static double[] measure() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Callable<double[]>> tasks = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                String name = "worker-" + worker;
                tasks.add(() -> claimAndEnd(name));
            }
            List<double[]> times = new ArrayList<>();
            for (Future<double[]> task : workers.invokeAll(tasks)) {
                times.add(task.get());
            }
            return times.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        } finally {
            workers.shutdownNow();
        }
    }

    private static double[] claimAndEnd(String worker) {
        Leases leases = new TestQueue(TestQueue.properties(16, 0, 3, Duration.ZERO)).leases;
        double[] milliseconds = new double[CLAIMS_PER_WORKER];
        for (int claim = 0; claim < WARM_UP + CLAIMS_PER_WORKER; claim++) {
            long start = System.nanoTime();
            Optional<Claim> claimed = leases.claim(worker, Slot.TRAINING, TestQueue.METHODS, Set.of());
            if (claim >= WARM_UP) {
                milliseconds[claim - WARM_UP] = (System.nanoTime() - start) / 1e6;
            }
            leases.succeed(claimed.orElseThrow().lease(), Leases.nothing());
            LockSupport.parkNanos(start + PACE.toNanos() - System.nanoTime());
        }
        return milliseconds;
    }

    private static void fill(String state, int count) {
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
                .param("state", state)
                .param("finished", !state.equals("QUEUED"))
                .param("count", count)
                .update();
    }

    private static double percentile(double[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return Math.round(sorted[Math.max(index, 0)] * 100) / 100.0;
    }
}
