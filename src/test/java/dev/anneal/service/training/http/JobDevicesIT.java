package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.quota.Quotas;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.TestWorkQueues;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.lease.Claimant;
import dev.anneal.service.training.journal.DeviceWaits;
import dev.anneal.service.training.outlook.PastTraining;
import dev.anneal.service.training.settings.TrainingCost;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Jobs on several devices, as clients ask for them and see them. */
class JobDevicesIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";
    private static final String ESTIMATE = "/v1/fine_tuning/estimate";
    private static final UUID ONE = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();

    @Autowired
    private WorkerStates workers;

    @Autowired
    private Quotas quotas;

    @Autowired
    private DeviceWaits deviceWaits;

    @AfterEach
    void endWorkers() {
        workers.leave(ONE);
        workers.leave(OTHER);
    }

    @Test
    void aJobForMoreDevicesThanAnyWorkerHasIsRefused() {
        String file = file(ALPHA, 10);
        workers.report(new WorkerProcess(ONE, "one"), TestWorkQueues.ENGINE, 1, true, null, Set.of());

        refused(file, "'devices': 2", "is 2, but the only worker has 1 device; ask for at most 1");

        workers.report(new WorkerProcess(OTHER, "other"), TestWorkQueues.ENGINE, 2, true, null, Set.of());
        refused(
                file,
                "'devices': 4",
                "is 4, but the largest of 2 workers has 2 devices; ask for at most 2, or start workers with more"
                        + " devices (anneal.worker.devices, anneal.worker.group)");
        assertThat(create(file, "'devices': 2").statusCode()).isEqualTo(200);
    }

    @Test
    void aGroupOfWorkersHasTheDevicesOfAllOfThem() {
        String file = file(ALPHA, 10);
        workers.report(new WorkerProcess(ONE, "one", "a"), TestWorkQueues.ENGINE, 1, true, null, Set.of());
        workers.report(new WorkerProcess(OTHER, "other", "a"), TestWorkQueues.ENGINE, 2, true, null, Set.of());

        refused(file, "'devices': 4", "is 4, but the largest group of workers has 3 devices; ask for at most 3");
        refused(
                file,
                "'devices': 3, 'base_placement': 'sharded'",
                "is 3, but the largest of 2 workers has 2 devices, and with 'anneal.base_placement' 'sharded' all must be of"
                        + " one worker");
        assertThat(create(file, "'devices': 3").statusCode()).isEqualTo(200);
    }

    @Test
    void aJobThatWaitsForDevicesSaysHowManyAndWhere() {
        String file = file(ALPHA, 10);
        workers.report(new WorkerProcess(ONE, "one"), TestWorkQueues.ENGINE, 4, true, null, Set.of());
        String waiting = queuedJob(ALPHA, file, ", 'anneal': {'devices': 3}");
        String single = queuedJob(ALPHA, file, "");
        deviceWaits.explain();
        assertThat(events(waiting)).as("for less than a minute").doesNotContain("The job waits for");
        TestDatabase.administrator()
                .sql("UPDATE work SET run_at = run_at - interval '61 seconds'")
                .update();
        claimTwoDevices(file);

        deviceWaits.explain();
        deviceWaits.explain();

        assertThat(events(waiting))
                .containsOnlyOnce("The job waits for 3 devices: worker 'one' has 4, of which 2 are free now");
        assertThat(events(single)).doesNotContain("The job waits for");
    }

    /** As the first worker does, for a job of its own. */
    private void claimTwoDevices(String file) {
        queuedJob(ALPHA, file, ", 'anneal': {'devices': 2, 'priority': 0}");
        TestDatabase.administrator()
                .sql("UPDATE work SET run_at = run_at - interval '1 hour' WHERE devices = 2")
                .update();
        assertThat(leases.claim(new Claimant(
                        new WorkerProcess(ONE, "one"), Slot.TRAINING, Set.of("supervised"), Set.of(), 4, 4, Set.of())))
                .isPresent();
    }

    private String events(String job) {
        return get(ALPHA, JOBS + "/" + job + "/events?limit=100").body();
    }

    @Test
    void withoutAWorkerAJobIsAcceptedAndShowsItsDevices() {
        JsonNode anneal = json(create(file(ALPHA, 10), "'devices': 4, 'reproducible': 'any_devices'"))
                .get("anneal");

        assertThat(anneal.get("devices").intValue()).isEqualTo(4);
        assertThat(anneal.get("reproducible").stringValue()).isEqualTo("any_devices");
    }

    /** A job on three devices counts as three running jobs. */
    @Test
    void aJobForMoreDevicesThanTheTenantsRunningJobsIsRefused() {
        String file = file(ALPHA, 20);
        String batch = "'method': {'type': 'supervised', 'supervised': {'hyperparameters': {'batch_size': 20}}}, ";
        String byDefault =
                "{'model': 'anneal-tiny', 'training_file': '" + file + "', " + batch + "'anneal': {'devices': 17}}";

        assertRefused(post(ALPHA, JOBS, byDefault), "tenant 'alpha' may have 16 at a time");
        quotas.save(ALPHA, new Quota(2, null, null, null, null));

        refused(
                file,
                "'devices': 3",
                "is 3, and counts as 3 running jobs, but tenant 'alpha' may have 2 at a time; ask for at most 2, or");
        assertThat(create(file, "'devices': 2").statusCode()).isEqualTo(200);
    }

    /** The dry run refuses what would fail. */
    @Test
    void aFileWithTooFewRowsFailsTheJob() {
        String file = file(ALPHA, 10);
        String body = "{'model': 'anneal-tiny', 'training_file': '" + file
                + "', 'hyperparameters': {'batch_size': 12}, 'anneal': {'devices': 12}}";

        String id = json(post(ALPHA, JOBS, body)).get("id").stringValue();
        await(() -> job(ALPHA, id).get("status").stringValue().equals("failed"));

        JsonNode error = job(ALPHA, id).get("error");
        assertThat(error.get("code").stringValue()).isEqualTo("invalid_value");
        assertThat(error.get("param").stringValue()).isEqualTo("anneal.devices");
        assertThat(error.get("message").stringValue()).contains("is 12, but a step has 10 rows", "at most 10");
        assertRefused(post(ALPHA, ESTIMATE, body), "is 12, but a step has 10 rows");
    }

    /** The training from which the pace is taken began its first step after 4 s. */
    @Test
    void estimateTellsTimeAndDeviceHours() {
        String file = file(ALPHA, 40);
        PastTraining.add("anneal-tiny", new TrainingCost(1.6e9, "fp32", 192));
        JsonNode alone = known(file, "'devices': 1");
        JsonNode both = known(file, "'devices': 2");

        double around = 4;
        double oneDevice = alone.get("duration_seconds").doubleValue() - around;
        double twoDevices = both.get("duration_seconds").doubleValue() - around;
        assertThat(twoDevices / oneDevice).isBetween(0.45, 0.65);
        assertThat(both.get("devices").intValue()).isEqualTo(2);
        assertThat(both.get("device_hours").doubleValue())
                .isCloseTo(2 * (twoDevices + around) / 3600, Percentage.withPercentage(1e-6));
        assertThat(alone.get("device_hours").doubleValue())
                .isCloseTo((oneDevice + around) / 3600, Percentage.withPercentage(1e-6));
        assertThat(both.get("memory")).isEqualTo(alone.get("memory"));
    }

    /**
     * By the pace of the past training, by which these jobs take longer than 20 s. For up to 15 seconds the outlook has
     * that of trainings of other tests, which are much faster.
     */
    private JsonNode known(String file, String anneal) {
        String body = "{'model': 'anneal-tiny', 'training_file': '" + file
                + "', 'hyperparameters': {'batch_size': 40}, 'anneal': {" + anneal + "}}";
        return awaitValue(
                () -> json(post(ALPHA, ESTIMATE, body)),
                estimate -> estimate.get("complete").booleanValue()
                        && estimate.get("duration_seconds").isNumber()
                        && estimate.get("duration_seconds").doubleValue() > 20);
    }

    private HttpResponse<String> create(String file, String anneal) {
        return post(ALPHA, JOBS, body(file, anneal));
    }

    private static String body(String file, String anneal) {
        return "{'model': 'anneal-tiny', 'training_file': '" + file + "', 'anneal': {" + anneal + "}}";
    }

    /** The dry run and the creation of a job refuse alike. */
    private void refused(String file, String anneal, String words) {
        assertRefused(create(file, anneal), words);
        assertRefused(post(ALPHA, ESTIMATE, body(file, anneal)), words);
        assertThat(json(get(ALPHA, JOBS)).get("data")).isEmpty();
    }

    private static void assertRefused(HttpResponse<String> answer, String words) {
        JsonNode error = json(answer).get("error");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(error.get("code").stringValue()).isEqualTo("invalid_value");
        assertThat(error.get("param").stringValue()).isEqualTo("anneal.devices");
        assertThat(error.get("message").stringValue()).contains(words);
    }
}
