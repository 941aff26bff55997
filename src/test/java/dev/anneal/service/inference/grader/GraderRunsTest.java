package dev.anneal.service.inference.grader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.grade.Sample;
import dev.anneal.protocol.GradingReply;
import dev.anneal.service.inference.UnavailableTextGenerator;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tried graders are few and end: four at a time here. */
@Timeout(30)
class GraderRunsTest {

    private static final Grader ASKING =
            Graders.parse(Map.of("type", "endpoint", "url", "https://example.com"), "grader");
    private static final Sample SAMPLE = new Sample(Map.of(), "x");

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore interrupted = new Semaphore(0);
    private final CountDownLatch answer = new CountDownLatch(1);

    private final TenantGraders help = new TenantGraders(
            (tenant, question) -> {
                asked.release();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    interrupted.release();
                }
                return List.of(GradingReply.Answer.ofEndpoint(1));
            },
            new UnavailableTextGenerator(),
            (tenant, work) -> Map.of());

    @AfterEach
    void close() {
        help.close();
        clients.shutdownNow();
    }

    private GraderRuns runs(Duration timeout) {
        return new GraderRuns(help, new GraderProperties(16, 3, List.of(), Duration.ofSeconds(30), 4, timeout));
    }

    private Future<Grade> open(GraderRuns runs, String tenantId) throws InterruptedException {
        Future<Grade> grade = clients.submit(() -> runs.run(tenantId, ASKING, SAMPLE));
        asked.acquire();
        return grade;
    }

    private static void assertRefused(GraderRuns runs, String tenantId, RefusalCode code, String message) {
        assertThatThrownBy(() -> runs.run(tenantId, ASKING, SAMPLE))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void aTenantHasHalfOfThePlacesAndAllHaveTheirBound() throws Exception {
        try (GraderRuns runs = runs(Duration.ofSeconds(20))) {
            List<Future<Grade>> open = new ArrayList<>(List.of(open(runs, "alpha"), open(runs, "alpha")));
            assertRefused(runs, "alpha", RefusalCode.QUEUE_FULL, "anneal.graders.run-concurrency");
            open.add(open(runs, "beta"));
            open.add(open(runs, "gamma"));
            assertRefused(runs, "delta", RefusalCode.QUEUE_FULL, "anneal.graders.run-concurrency");

            answer.countDown();

            for (Future<Grade> grade : open) {
                assertThat(grade.get().reward()).isEqualTo(1.0);
            }
        }
    }

    @Test
    void aRunEndsWithItsTimeAndGivesItsPlaceBack() throws Exception {
        try (GraderRuns runs = runs(Duration.ofSeconds(3))) {
            for (Future<Grade> grade : List.of(open(runs, "alpha"), open(runs, "alpha"))) {
                assertThatThrownBy(grade::get)
                        .cause()
                        .isInstanceOfSatisfying(
                                Refusal.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.SERVICE_UNAVAILABLE))
                        .hasMessageContaining("anneal.graders.run-timeout");
            }
            interrupted.acquire(2);
            answer.countDown();
            assertThat(whenThereIsAPlace(runs, "alpha").reward()).isEqualTo(1.0);
        }
    }

    /** What was interrupted keeps its place until it has returned. */
    private static Grade whenThereIsAPlace(GraderRuns runs, String tenantId) throws InterruptedException {
        while (true) {
            try {
                return runs.run(tenantId, ASKING, SAMPLE);
            } catch (Refusal full) {
                assertThat(full.code()).isEqualTo(RefusalCode.QUEUE_FULL);
                Thread.sleep(1);
            }
        }
    }
}
