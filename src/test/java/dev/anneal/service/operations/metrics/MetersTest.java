package dev.anneal.service.operations.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.WorkEnd;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The meters as Prometheus reads them. */
class MetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void sweepsThatAreRefusedCountFromZero() {
        RetentionMeters retention = new RetentionMeters(registry);
        assertThat(lines("anneal_retention_refused")).containsExactly("anneal_retention_refused_total 0.0");

        retention.refused();

        assertThat(lines("anneal_retention_refused")).containsExactly("anneal_retention_refused_total 1.0");
    }

    @Test
    void endsAreCountedByWhoseFaultTheyAre() {
        FinishedMeters finished = new FinishedMeters(registry);
        assertThat(lines("anneal_jobs_finished_total{"))
                .contains("anneal_jobs_finished_total{fault=\"system\",method=\"dpo\",outcome=\"failed\"} 0.0");

        finished.ended(new WorkEnd("supervised", WorkState.SUCCEEDED));
        finished.ended(new WorkEnd("dpo", WorkState.FAILED, WorkError.Origin.SYSTEM));
        finished.ended(new WorkEnd("merged", WorkState.FAILED, WorkError.Origin.USER));
        finished.ended(new WorkEnd("dpo", WorkState.CANCELLED, WorkError.Origin.SYSTEM));

        assertThat(lines("anneal_jobs_finished_total{"))
                .contains(
                        "anneal_jobs_finished_total{fault=\"none\",method=\"supervised\",outcome=\"succeeded\"} 1.0",
                        "anneal_jobs_finished_total{fault=\"system\",method=\"dpo\",outcome=\"failed\"} 1.0",
                        "anneal_jobs_finished_total{fault=\"user\",method=\"merged\",outcome=\"failed\"} 1.0",
                        "anneal_jobs_finished_total{fault=\"none\",method=\"dpo\",outcome=\"cancelled\"} 1.0");
    }

    private List<String> lines(String... prefixes) {
        return registry.scrape()
                .lines()
                .filter(line -> Arrays.stream(prefixes).anyMatch(line::startsWith))
                .toList();
    }
}
