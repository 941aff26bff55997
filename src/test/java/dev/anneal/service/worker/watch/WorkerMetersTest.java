package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ReportedSteps;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A worker's meters as Prometheus reads them: names, tags, and series that go when they mean nothing any more. */
class WorkerMetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final WorkerMeters meters = new WorkerMeters(registry);

    @Test
    void aTrainingsGaugesCarryItsLastStep() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "supervised");
        gauges.step(step(1, 2.5, 1.0));
        gauges.step(step(2, 2.25, 0.75));

        assertThat(lines("anneal_train_", "anneal_worker_job_info"))
                .contains(
                        "anneal_worker_job_info{job_id=\"ftjob-1\",method=\"supervised\",model=\"anneal-tiny\",slot=\"0\"} 1",
                        "anneal_train_beta{slot=\"0\"} 0.75",
                        "anneal_train_loss{slot=\"0\"} 2.25",
                        "anneal_train_learning_rate{slot=\"0\"} 0.001",
                        "anneal_train_grad_norm{slot=\"0\"} 0.25",
                        "anneal_train_tokens_per_second{slot=\"0\"} 400.0",
                        "anneal_train_step{slot=\"0\"} 2.0",
                        "anneal_train_total_steps{slot=\"0\"} 10.0");
    }

    @Test
    void whatAMethodMeasuresIsAGaugeWhereItsNameIsKnown() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "reinforcement");
        gauges.step(measuring(1, Map.of("reward", 0.5, "rewards/a client's name/mean", 1.0)));
        gauges.step(measuring(2, Map.of("reward", 0.75)));

        assertThat(lines("anneal_train_reward", "anneal_train_kl"))
                .containsExactly("anneal_train_reward{slot=\"0\"} 0.75");
    }

    @Test
    void whatADraftsStepsAndValidationsMeasureIsAGauge() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "speculative_draft");
        gauges.step(measuring(1, Map.of("acceptance/1", 0.5, "acceptance/2", 0.25, "overlap/1", 0.625, "top1/1", 0.5)));
        gauges.validation(new Progress.Validation(
                1, 1, 2.0, 0.5, Map.of("acceptance_length/greedy", 2.5, "draft_acceptance_rate/greedy", 0.4)));

        assertThat(lines("anneal_train_draft"))
                .containsExactlyInAnyOrder(
                        "anneal_train_draft_acceptance{slot=\"0\",tokens=\"1\"} 0.5",
                        "anneal_train_draft_acceptance{slot=\"0\",tokens=\"2\"} 0.25",
                        "anneal_train_draft_overlap{slot=\"0\"} 0.625",
                        "anneal_train_draft_acceptance_length{decoding=\"greedy\",slot=\"0\"} 2.5");
        gauges.end();
        assertThat(lines("anneal_train_draft")).isEmpty();
    }

    @Test
    void whatADraftSavesInRolloutsIsAGauge() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "reinforcement");
        gauges.step(measuring(1, Map.of("acceptance_length/rollout", 1.75, "draft_acceptance_rate/rollout", 0.5)));

        assertThat(lines("anneal_train_draft"))
                .containsExactly("anneal_train_draft_acceptance_length{decoding=\"rollout\",slot=\"0\"} 1.75");
    }

    private static Progress.Step measuring(int step, Map<String, Double> metrics) {
        return ReportedSteps.with(ReportedSteps.step(step, 10, 0, 1), metrics);
    }

    @Test
    void whatFewStepsMeasureStaysUntilItIsMeasuredAgain() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "supervised");
        gauges.step(measuring(1, Map.of()));
        gauges.step(measuring(2, Map.of("annealing/gap", 0.5, "annealing/adapter_share", 0.1)));
        gauges.step(measuring(3, Map.of()));

        assertThat(lines("anneal_train_annealing_gap")).containsExactly("anneal_train_annealing_gap{slot=\"0\"} 0.5");
        gauges.step(measuring(4, Map.of("annealing/gap", 0.0)));
        assertThat(lines("anneal_train_annealing_gap", "anneal_train_adapter_share"))
                .containsExactlyInAnyOrder(
                        "anneal_train_annealing_gap{slot=\"0\"} 0.0", "anneal_train_adapter_share{slot=\"0\"} 0.1");
        gauges.end();
        assertThat(lines("anneal_train_annealing_gap")).isEmpty();
    }

    @Test
    void aTrainingsGaugesGoWithIt() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "supervised");
        gauges.step(step(1, 2.5, 1.0));

        gauges.end();

        assertThat(lines("anneal_train_beta", "anneal_train_loss", "anneal_worker_job_info"))
                .isEmpty();
    }

    @Test
    void eachSlotHasItsOwnSeries() {
        TrainingGauges first = meters.trainingGauges(0);
        TrainingGauges second = meters.trainingGauges(1);
        first.begin("ftjob-1", "anneal-tiny", "supervised");
        second.begin("ftjob-2", "anneal-tiny", "supervised");
        first.step(step(1, 2.5, 1.0));
        second.step(step(5, 1.5, 0.5));

        first.end();

        assertThat(lines("anneal_train_beta")).containsExactly("anneal_train_beta{slot=\"1\"} 0.5");
        first.begin("ftjob-3", "anneal-tiny", "supervised");
        first.step(step(1, 2.5, 1.0));
        assertThat(lines("anneal_train_beta")).hasSize(2);
    }

    @Test
    void anUnknownLossIsNotANumberRatherThanAnOldOne() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "supervised");
        gauges.step(step(1, 2.5, 1.0));
        gauges.step(step(2, null, 0.9));

        assertThat(lines("anneal_train_loss")).containsExactly("anneal_train_loss{slot=\"0\"} NaN");
    }

    @Test
    void aDevicesMemoryIsShownWhileItTrains() {
        TrainingGauges gauges = meters.trainingGauges(0);
        gauges.begin("ftjob-1", "anneal-tiny", "supervised");
        assertThat(lines("anneal_device")).isEmpty();

        gauges.deviceMemory(new Progress.DeviceMemory("cuda:1", 80, 50, 60));
        gauges.deviceMemory(new Progress.DeviceMemory("cuda:1", 80, 40, 70));

        assertThat(lines("anneal_device"))
                .containsExactlyInAnyOrder(
                        "anneal_device_memory_bytes{device=\"cuda:1\"} 80.0",
                        "anneal_device_memory_used_bytes{device=\"cuda:1\"} 40.0",
                        "anneal_device_memory_peak_bytes{device=\"cuda:1\"} 70.0");
        gauges.end();
        assertThat(lines("anneal_device")).isEmpty();
    }

    @Test
    void aWorkersCountersAndHistograms() {
        meters.slots(2);
        meters.claimed(Duration.ofSeconds(3));
        meters.step(step(1, 2.5, 1.0), figure -> figure == Figure.TRAINED_TOKENS ? 300 : 40, "supervised", true);
        meters.checkpoint(Duration.ofMillis(30), 5_000);
        meters.heartbeat(Instant.ofEpochSecond(1_700_000_000));
        meters.leaseLost();
        meters.staleWrite();

        assertThat(lines("anneal_"))
                .contains(
                        "anneal_worker_slots 2.0",
                        "anneal_worker_busy 1.0",
                        "anneal_train_tokens_total 300.0",
                        "anneal_train_shared_tokens_total 40.0",
                        "anneal_train_steps_total{method=\"supervised\"} 1.0",
                        "anneal_gpu_busy_seconds_total 0.5",
                        "anneal_step_seconds_count 1",
                        "anneal_job_queue_seconds_bucket{le=\"10.0\"} 1",
                        "anneal_job_queue_seconds_bucket{le=\"86400.0\"} 1",
                        "anneal_checkpoint_save_seconds_sum 0.03",
                        "anneal_checkpoint_save_bytes_sum 5000.0",
                        "anneal_last_heartbeat_timestamp_seconds 1.7E9",
                        "anneal_job_lease_lost_total 1.0",
                        "anneal_stale_write_rejected_total 1.0");
        meters.released(Duration.ofSeconds(7));
        assertThat(lines("anneal_worker_busy", "anneal_job_run_seconds_sum"))
                .containsExactlyInAnyOrder("anneal_worker_busy 0.0", "anneal_job_run_seconds_sum 7.0");
    }

    private List<String> lines(String... prefixes) {
        return registry.scrape()
                .lines()
                .filter(line -> Arrays.stream(prefixes).anyMatch(line::startsWith))
                .toList();
    }

    private static Progress.Step step(int step, @Nullable Double loss, double beta) {
        return ReportedSteps.with(ReportedSteps.step(step, 10, 0, beta), Figure.TRAIN_LOSS, loss);
    }
}
