package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Jobs on the devices of two workers by the real engine: the same bits as on one device, whatever a worker meets. */
@SystemTest
@TestPropertySource(
        properties = {
            "anneal.worker.devices=cpu:0",
            "anneal.worker.group=two",
            "anneal.worker.address=127.0.0.1",
            "anneal.worker.poll-interval=100ms",
            "anneal.queue.lease=10s",
            "anneal.queue.heartbeat-interval=3s",
            "anneal.queue.safety-margin=2s",
            "anneal.queue.scan-interval=2s",
            "anneal.queue.retry-delay=100ms"
        })
class WorkersPathIT extends DevicesTest {

    @TempDir
    private Path folder;

    @Autowired
    private Environment environment;

    private final List<ServiceJvm> workers = new ArrayList<>();

    @AfterEach
    void endWorkers() {
        workers.forEach(ServiceJvm::close);
    }

    private ServiceJvm worker(String name) throws IOException {
        Map<String, String> properties = SharedProperties.ofWorker(environment, folder.resolve(name));
        properties.put("anneal.storage.directory", SharedProperties.storageDirectory(environment));
        properties.put("anneal.worker.devices", "cpu:0");
        properties.put("anneal.worker.group", "two");
        properties.put("anneal.worker.address", "127.0.0.1");
        ServiceJvm worker = ServiceJvm.start("worker", name, properties);
        workers.add(worker);
        Waiting.until(() -> isReported(name));
        return worker;
    }

    private static boolean isReported(String worker) {
        return TestDatabase.administrator()
                        .sql("SELECT count(*) FROM running_worker WHERE worker = ?")
                        .param(worker)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    private String file(String method) throws IOException {
        return file(
                ALPHA,
                FilePurpose.FINE_TUNE,
                rows(
                        switch (method) {
                            case "dpo" -> "preferences.train.jsonl";
                            case "reinforcement" -> "addition.train.jsonl";
                            default -> "tickets.train.jsonl";
                        },
                        40));
    }

    @ParameterizedTest
    @ValueSource(strings = {"supervised", "dpo", "reinforcement", "draft"})
    void twoWorkersTrainWhatOneDeviceTrains(String method) throws IOException {
        String file = file(method);
        String alone = queuedJob(ALPHA, file, settings(method, 1, ""));
        requireSucceeded(alone);
        worker("member");
        String together = queuedJob(ALPHA, file, settings(method, 2, ""));
        JsonNode job = requireSucceeded(together);

        assertThat(job.at("/anneal/attempts")).as(job.toString()).hasSize(1);
        requireEqual(alone, together);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM"})
    void theJobGoesOnAfterTheEndOfAWorker(String signal) throws Exception {
        String file = file("supervised");
        String alone = queuedJob(ALPHA, file, settings("supervised", 1, ""));
        requireSucceeded(alone);
        ServiceJvm ending = worker("ending");
        String together = queuedJob(ALPHA, file, settings("supervised", 2, ""));
        awaitMiddle(together);

        ending.signal(signal);
        ending.awaitExit();
        worker("next");

        JsonNode job = requireSucceeded(together);
        assertThat(job.at("/anneal/attempts").size()).as(job.toString()).isGreaterThanOrEqualTo(2);
        requireEqual(alone, together);
    }

    @Test
    void aPausedJobGoesOnWithTheBitsOfOneThatWasNot() throws IOException {
        String file = file("supervised");
        String alone = queuedJob(ALPHA, file, settings("supervised", 1, ""));
        requireSucceeded(alone);
        worker("member");
        String together = queuedJob(ALPHA, file, settings("supervised", 2, ""));
        awaitMiddle(together);

        post(ALPHA, "/v1/fine_tuning/jobs/" + together + "/pause", "");
        while (!json(get(ALPHA, "/v1/fine_tuning/jobs/" + together))
                .at("/anneal/state")
                .asString()
                .equals("paused")) {
            Waiting.pause();
        }
        post(ALPHA, "/v1/fine_tuning/jobs/" + together + "/resume", "");

        requireSucceeded(together);
        requireEqual(alone, together);
    }
}
