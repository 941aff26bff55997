package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.MultipartField;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import dev.anneal.SystemTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Trainings that begin where an earlier one ended, and of all weights, with OpenAI's client, the bundled model and the
 * real engine.
 */
@SystemTest
class ContinuedTrainingIT extends EngineTest {

    @Test
    void aJobGoesOnFromAnotherJobsAdapterAndFromTheSameOneUploaded() throws IOException {
        OpenAIClient client = openai(ALPHA);
        String rows = upload(client, "rows.jsonl", "fine-tune", new ByteArrayInputStream(rows(16)));
        JsonNode first = ended(create(client, rows, 12, Map.of()));
        String job = first.path("id").asString();

        JsonNode next = ended(create(client, rows, 1, Map.of("init_adapter", job)));
        JsonNode imported = ended(create(client, rows, 1, Map.of("init_adapter", uploaded(client, job))));

        double begun = losses(first).get(0);
        double reached = losses(first).get(11);
        assertThat(reached).isLessThan(begun / 2);
        assertThat(losses(next).get(0)).isLessThan(reached);
        assertThat(losses(imported).get(0)).isCloseTo(losses(next).get(0), within(1e-6));
        assertThat(first.path("afa_lora").path("rank").asInt()).isEqualTo(8);
        assertThat(first.path("afa_lora").path("sign_groups").asInt()).isEqualTo(16);
        assertThat(imported.path("afa_lora").path("rank").asInt())
                .as("an export is an ordinary LoRA")
                .isEqualTo(8 * 16);
        assertThat(imported.path("anneal").path("mergeable").asBoolean()).isTrue();
        JsonNode merged = merged(imported.path("id").asString(), 0);
        assertThat(merged.path("status").asString()).as(merged.toString()).isEqualTo("succeeded");
        assertThat(merged.path("proof").path("tensors_changed").asInt()).isEqualTo(42);
        String archive = imported.path("anneal").path("init_adapter").asString();
        assertUploadMergesAsItsJob(archive, job, rows);
        assertThat(card(merged)).contains("| began with the adapter | uploaded as `" + archive + "`, sha256 `");
        assertThat(card(merged(next.path("id").asString(), 1)))
                .contains("| began with the adapter | of `" + job + "`, step 12, checkpoint `ftckpt_");
    }

    /**
     * The adapter that a job's export holds, uploaded and merged without a job, gives the bytes of the job's own merge.
     */
    private void assertUploadMergesAsItsJob(String archive, String job, String rows) {
        String request =
                "{'adapter': '%s', 'model': 'anneal-tiny', 'kind': 'merged', 'dtype': 'float32', 'validation_file': '%s'}"
                        .formatted(archive, rows);
        String export =
                json(post(ALPHA, "/v1/fine_tuning/exports", request)).path("id").asString();
        JsonNode direct = ended("/v1/fine_tuning/exports/" + export);
        assertThat(direct.path("status").asString()).as(direct.toString()).isEqualTo("succeeded");
        String exports = "/v1/fine_tuning/jobs/" + job + "/exports";
        String own = json(post(ALPHA, exports, "{'kind': 'merged', 'dtype': 'float32'}"))
                .path("id")
                .asString();

        assertThat(hash(direct, "model.safetensors")).isEqualTo(hash(ended(exports + "/" + own), "model.safetensors"));
        assertThat(direct.path("proof").path("probe_prompts").asInt()).isEqualTo(16);
        assertThat(card(direct))
                .contains("of an adapter that was trained elsewhere")
                .contains("| adapter | uploaded as `" + archive + "`, sha256 `")
                .doesNotContain("training data", "learning rate");
    }

    private static String hash(JsonNode export, String name) {
        return export.path("files")
                .valueStream()
                .filter(file -> file.path("name").asString().equals(name))
                .map(file -> file.path("sha256").asString())
                .findFirst()
                .orElseThrow();
    }

    private String card(JsonNode export) {
        return export.path("files")
                .valueStream()
                .filter(file -> file.path("name").asString().equals("ANNEAL.md"))
                .map(file -> get(ALPHA, file.path("url").asString()).body())
                .findFirst()
                .orElseThrow();
    }

    /** The export of the adapter as it was after so many steps; after none as it was given. */
    private JsonNode merged(String job, int step) {
        String path = "/v1/fine_tuning/jobs/" + job;
        String checkpoint = json(get(ALPHA, path + "/checkpoints"))
                .path("data")
                .valueStream()
                .filter(row -> row.path("step_number").asInt() == step)
                .map(row -> row.path("id").asString())
                .findFirst()
                .orElseThrow();
        String export = json(post(ALPHA, path + "/merge", "{'checkpoint': '" + checkpoint + "'}"))
                .path("id")
                .asString();
        return ended(path + "/exports/" + export);
    }

    @Test
    void allWeightsAreTrainedAndTheirExportAnswersAsTheJobsModel() throws IOException {
        OpenAIClient client = openai(ALPHA);
        String rows = upload(client, "rows.jsonl", "fine-tune", new ByteArrayInputStream(rows(16)));
        JsonNode job = ended(create(client, rows, 10, Map.of("adapter", "none")));
        String exports = "/v1/fine_tuning/jobs/" + job.path("id").asString() + "/exports";
        String export = id(exports, "{'kind': 'merged', 'dtype': 'float32'}");
        JsonNode merged = ended(exports + "/" + export);

        assertThat(job.path("afa_lora").isNull()).isTrue();
        assertThat(job.path("anneal").path("mergeable").asBoolean()).isTrue();
        assertThat(losses(job).get(9)).isLessThan(losses(job).get(0) / 2);
        assertThat(merged.path("status").asString()).as(merged.toString()).isEqualTo("succeeded");
        assertThat(merged.path("proof").path("tensors_changed").asInt()).isEqualTo(56);
        assertThat(json(post(ALPHA, exports, "{'kind': 'adapter'}"))
                        .path("error")
                        .path("message")
                        .asString())
                .contains("trained all weights of 'anneal-tiny'", "ask for 'merged'");
        String model = job.path("fine_tuned_model").asString();
        assertThat(answers("'model': '" + model + "'", rows)).isEqualTo(answers("'export': '" + export + "'", rows));
    }

    private JsonNode answers(String subject, String testFile) {
        String body = "{%s, 'test_file': '%s', 'max_new_tokens': 16, 'samples': 4}".formatted(subject, testFile);
        String id = id("/v1/fine_tuning/evaluations", body);
        JsonNode evaluation = ended("/v1/fine_tuning/evaluations/" + id);
        assertThat(evaluation.path("status").asString())
                .as(evaluation.toString())
                .isEqualTo("succeeded");
        return evaluation.path("samples");
    }

    /** The archive of the job's adapter export, taken as the file of another installation. */
    private String uploaded(OpenAIClient client, String job) throws IOException {
        String exports = "/v1/fine_tuning/jobs/" + job + "/exports";
        String export =
                json(post(ALPHA, exports, "{'kind': 'adapter'}")).path("id").asString();
        ended(exports + "/" + export);
        HttpResponse<InputStream> archive =
                send(request(ALPHA, exports + "/" + export + "/archive"), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream content = archive.body()) {
            return upload(client, "adapter.tar", "user_data", content);
        }
    }

    private static String upload(OpenAIClient client, String name, String purpose, InputStream content) {
        return client.files()
                .create(FileCreateParams.builder()
                        .file(MultipartField.<InputStream>builder()
                                .value(content)
                                .filename(name)
                                .build())
                        .purpose(FilePurpose.of(purpose))
                        .build())
                .id();
    }

    private static FineTuningJob create(OpenAIClient client, String rows, int steps, Map<String, Object> anneal) {
        Map<String, Object> options = new HashMap<>(anneal);
        options.put("max_steps", steps);
        options.put("warmup_ratio", 0);
        JobCreateParams.Builder params = JobCreateParams.builder()
                .model("anneal-tiny")
                .trainingFile(rows)
                .seed(3L)
                .putAdditionalBodyProperty("anneal", JsonValue.from(options));
        if (anneal.isEmpty()) {
            params.putAdditionalBodyProperty("afa_lora", JsonValue.from(Map.of("rank", 8)));
        }
        return client.fineTuning().jobs().create(params.build());
    }

    private JsonNode ended(FineTuningJob created) {
        JsonNode job = ended("/v1/fine_tuning/jobs/" + created.id());
        assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
        return job;
    }

    private List<Double> losses(JsonNode job) {
        String path = "/v1/fine_tuning/jobs/" + job.path("id").asString() + "/metrics?format=csv";
        return get(ALPHA, path)
                .body()
                .lines()
                .skip(1)
                .map(line -> line.split(",")[1])
                .map(Double::valueOf)
                .toList();
    }

    private static byte[] rows(int count) throws IOException {
        return rows("tickets.train.jsonl", count).getBytes(StandardCharsets.UTF_8);
    }
}
