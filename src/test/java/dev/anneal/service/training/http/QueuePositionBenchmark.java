package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.Times;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.ManyItems;
import dev.anneal.service.queue.WorkState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time of reads over HTTP with 200,000 queued items of 50 tenants: a queued job, the list of 20 queued jobs, and the
 * list of another tenant's files, which needs nothing of the queue but an authentication. Not part of the build: {@code
 * mvn process-test-classes surefire:test -Dtest=QueuePositionBenchmark}; {@code -Danneal.test.queued} sets another
 * number of items.
 */
class QueuePositionBenchmark extends ServiceTest {

    private static final Logger LOG = LoggerFactory.getLogger(QueuePositionBenchmark.class);
    private static final int QUEUED = Integer.getInteger("anneal.test.queued", 200_000);
    private static final int JOBS = 20;
    private static final int READS = 400;
    private static final int WARM_UP = 40;
    private static final Duration PACE = Duration.ofMillis(50);
    private static final double BUDGET_MILLISECONDS = 100;

    @Test
    void readsStayWithinTheirBudget() throws Exception {
        String file = file(ALPHA, 10);
        String job = "";
        for (int created = 0; created < JOBS; created++) {
            job = queuedJob(ALPHA, file, "");
        }
        ManyItems.insert(WorkState.QUEUED, QUEUED);
        TestDatabase.administrator().sql("VACUUM ANALYZE work").update();
        List<String> paths = List.of("/v1/fine_tuning/jobs/" + job, "/v1/fine_tuning/jobs?limit=20", "/v1/files");

        List<Times> times = measure(paths);

        for (int path = 0; path < paths.size(); path++) {
            LOG.info("{} with {} queued: {}", paths.get(path).replace(job, "ID"), QUEUED, times.get(path));
        }
        assertThat(times).allMatch(each -> each.percentile(0.99) < BUDGET_MILLISECONDS);
    }

    private List<Times> measure(List<String> paths) throws Exception {
        ExecutorService readers = Executors.newFixedThreadPool(paths.size());
        try {
            List<Callable<Times>> tasks = new ArrayList<>();
            for (String path : paths) {
                tasks.add(() -> read(path.equals("/v1/files") ? BETA : ALPHA, path));
            }
            List<Times> times = new ArrayList<>();
            for (Future<Times> task : readers.invokeAll(tasks)) {
                times.add(task.get());
            }
            return times;
        } finally {
            readers.shutdownNow();
        }
    }

    private Times read(String tenant, String path) {
        List<Double> milliseconds = new ArrayList<>();
        for (int read = 0; read < WARM_UP + READS; read++) {
            long start = System.nanoTime();
            assertThat(send(request(tenant, path), java.net.http.HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            if (read >= WARM_UP) {
                milliseconds.add((System.nanoTime() - start) / 1e6);
            }
            LockSupport.parkNanos(start + PACE.toNanos() - System.nanoTime());
        }
        return new Times(milliseconds);
    }
}
