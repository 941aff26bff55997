package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.network.peft.QueryAdapter;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.admission.UploadedAdapter;
import dev.anneal.service.training.admission.UploadedAdapters;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What {@code anneal.init_adapter} may name, and what becomes of the adapter's settings. */
class InitialAdapterIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";

    @Autowired
    private UploadedAdapters adapters;

    @Autowired
    private ModelCatalog catalog;

    private String file = "";

    @BeforeEach
    void upload() {
        file = file(ALPHA, 20);
    }

    private String trained() {
        String id =
                queuedJob(ALPHA, file, ", 'afa_lora': {'rank': 8, 'alpha': 4, 'target_modules': ['q_proj', 'v_proj']}");
        playedWorker().steps(1, 5).checkpoint(6).checkpoint(26).finish(26);
        return id;
    }

    @Test
    void jobCheckpointExportAndModelStandForTheirAdapter() {
        String source = trained();
        String checkpoint = checkpoints(source).get(0);
        String export =
                json(post(ALPHA, JOBS + "/" + source + "/merge", "")).get("id").stringValue();
        String model = job(ALPHA, source).get("fine_tuned_model").stringValue();

        for (String name : List.of(source, checkpoint, export, model)) {
            String id = queuedJob(ALPHA, file, ", 'anneal': {'init_adapter': '" + name + "'}");
            JsonNode job = job(ALPHA, id);
            assertThat(job.get("afa_lora").toString())
                    .isEqualTo(
                            "{\"rank\":8,\"alpha\":4.0,\"dropout\":0.0,\"target_modules\":[\"q_proj\",\"v_proj\"],\"rslora\":false,"
                                    + "\"activation\":\"none\",\"schedule\":{\"shape\":\"linear\",\"start\":0.0,\"end\":0.8},\"sign_groups\":16}");
            assertThat(job.path("anneal").path("init_adapter").stringValue()).isEqualTo(name);
            assertThat(job.path("anneal").path("beta").doubleValue()).isZero();
            assertThat(messages(id))
                    .anyMatch(message -> message.startsWith("Training begins with the adapter of " + checkpoint + " of "
                                    + source + " at step 30: rank 8")
                            && message.endsWith("beta is 0 from the first step on"));
            PlayedWorker worker = playedWorker();
            assertThat(worker.order().initialCheckpoint())
                    .contains(source + "/attempt-")
                    .endsWith("checkpoint-30");
            worker.finish(0);
        }
    }

    @Test
    void scheduleThatIsAskedForAnnealsAndWarns() {
        String id = queuedJob(
                ALPHA,
                file,
                ", 'anneal': {'init_adapter': '%s'}, 'afa_lora': {'schedule': {'end': 0.5}}".formatted(trained()));

        assertThat(job(ALPHA, id).path("anneal").path("beta").doubleValue()).isEqualTo(1);
        assertThat(messages(id)).anyMatch(message -> message.contains("compute another function than it did"));
    }

    @Test
    void whatIsNoAdapterToBeginWithIsRefusedByName() {
        String source = trained();

        assertRefused("ftjob-none", "invalid_value", "there is no such thing");
        assertRefused("file-none", "invalid_value", "there is no such thing");
        assertRefused("mine", "invalid_value", "but is 'mine'");
        assertRefused(checkpoints(source).get(2), "adapter_not_annealed", "has beta 0.750000 at step 6");
        assertRefused(queuedJob(ALPHA, file, ""), "invalid_value", "has saved no checkpoint");
        assertRefused(file, "invalid_value", "whose purpose is 'fine-tune'; upload the adapter's folder as a tar");
        assertRefused(
                file(ALPHA, FilePurpose.USER_DATA, "no archive, but longer than a block. ".repeat(30)),
                "adapter_invalid",
                "no tar archive");
        HttpResponse<String> foreign = post(
                BETA,
                JOBS,
                "{'model': 'anneal-tiny', 'training_file': '%s', 'anneal': {'init_adapter': '%s'}}"
                        .formatted(file(BETA, 10), source));
        assertThat(json(foreign).path("error").path("message").stringValue()).contains("there is no such thing");
    }

    @Test
    void uploadedAdapterIsReadWhenTheJobIsCreated() throws IOException {
        String refused = uploaded("{'peft_type': 'LORA', 'r': 0}", new byte[16]);
        assertRefused(
                refused, "adapter_invalid", "no adapter that fits 'anneal-tiny': 'r' of adapter_config.json is 0");
        String config =
                "{'peft_type': 'LORA', 'r': 2, 'lora_alpha': 3, 'use_rslora': true, 'lora_dropout': 0.1, 'target_modules': ['q_proj']}";
        String adapter = uploaded(config, QueryAdapter.weights(2, QueryAdapter.WIDTH));

        String id = queuedJob(ALPHA, file, ", 'anneal': {'init_adapter': '" + adapter + "'}");

        assertThat(job(ALPHA, id).get("afa_lora").toString())
                .startsWith("{\"rank\":2,\"alpha\":3.0,\"dropout\":0.1,\"target_modules\":[\"q_proj\"],\"rslora\":true,"
                        + "\"activation\":\"none\"");
        JsonNode estimate = json(post(
                ALPHA,
                "/v1/fine_tuning/estimate",
                "{'model': 'anneal-tiny', 'training_file': '%s', 'anneal': {'init_adapter': '%s'}}"
                        .formatted(file, adapter)));
        assertThat(estimate.path("afa_lora").path("rank").intValue()).isEqualTo(2);
        HttpResponse<String> deletion =
                send(request(ALPHA, "/v1/files/" + adapter).DELETE());
        assertThat(deletion.statusCode()).isEqualTo(409);
        assertThat(deletion.body()).contains(id);
        PlayedWorker worker = playedWorker();
        assertThat(Objects.requireNonNull(worker.order().job().initialAdapter()).fileId())
                .isEqualTo(adapter);
        worker.finish(0);
        assertThat(send(request(ALPHA, "/v1/files/" + adapter).DELETE()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void exportOfAnUploadedAdapterStandsForThatAdapter() throws IOException {
        String adapter = uploaded(
                "{'peft_type': 'LORA', 'r': 2, 'target_modules': ['q_proj']}",
                QueryAdapter.weights(2, QueryAdapter.WIDTH));
        String export = json(post(
                        ALPHA,
                        "/v1/fine_tuning/exports",
                        "{'adapter': '%s', 'model': 'anneal-tiny', 'kind': 'merged'}".formatted(adapter)))
                .get("id")
                .stringValue();

        String id = queuedJob(ALPHA, file, ", 'anneal': {'init_adapter': '" + export + "'}");

        assertThat(job(ALPHA, id).path("anneal").path("init_adapter").stringValue())
                .isEqualTo(export);
        assertThat(messages(id))
                .anyMatch(message -> message.startsWith("Training begins with the adapter of the uploaded " + adapter));
        assertThat(Objects.requireNonNull(playedWorker().order().job().initialAdapter())
                        .fileId())
                .isEqualTo(adapter);
        assertRefused("ftexp-none", "invalid_value", "there is no such thing");
    }

    /** #19: reading an adapter again for a repetition would cost a download, and its file may be gone. */
    @Test
    void aRepetitionIsAnsweredWithoutTheAdapter() throws IOException {
        String adapter = uploaded(
                "{'peft_type': 'LORA', 'r': 2, 'target_modules': ['q_proj']}",
                QueryAdapter.weights(2, QueryAdapter.WIDTH));
        String first = json(createOnce(adapter)).get("id").stringValue();
        post(ALPHA, JOBS + "/" + first + "/cancel", "");
        assertThat(send(request(ALPHA, "/v1/files/" + adapter).DELETE()).statusCode())
                .isEqualTo(200);

        HttpResponse<String> repetition = createOnce(adapter);

        assertThat(json(repetition).get("id").stringValue()).isEqualTo(first);
    }

    /** #19 */
    @Test
    void anAdapterThatIsDeletedAfterItWasReadIsNotUsed() throws IOException {
        String adapter = uploaded(
                "{'peft_type': 'LORA', 'r': 2, 'target_modules': ['q_proj']}",
                QueryAdapter.weights(2, QueryAdapter.WIDTH));
        BaseModel model = catalog.require(BaseModel.BUNDLED);
        UploadedAdapter read = adapters.read(ALPHA, "adapter", adapter, model);
        send(request(ALPHA, "/v1/files/" + adapter).DELETE());

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> tenants.run(ALPHA, () -> adapters.require("adapter", read, model)))
                .withMessageContaining("there is no such thing");
    }

    private HttpResponse<String> createOnce(String adapter) {
        return send(request(ALPHA, JOBS)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "once")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"anneal-tiny\", \"training_file\": \"%s\", \"anneal\": {\"init_adapter\": \"%s\"}}"
                                .formatted(file, adapter))));
    }

    private String uploaded(String config, byte[] weights) {
        byte[] archive = QueryAdapter.archive(config.replace('\'', '"'), weights);
        return stored(ALPHA, "adapter.tar", FilePurpose.USER_DATA, archive);
    }

    @Test
    void checkpointThatAJobBeganWithIsKept() {
        String source = trained();
        List<String> before = checkpoints(source);
        queuedJob(ALPHA, file, ", 'anneal': {'init_adapter': '" + before.get(1) + "'}");
        arrivesLate(source, playedWorker());

        assertThat(checkpoints(source)).containsExactly(before.get(0), before.get(1));
    }

    private void assertRefused(String name, String code, String words) {
        HttpResponse<String> answer = post(
                ALPHA,
                JOBS,
                "{'model': 'anneal-tiny', 'training_file': '%s', 'anneal': {'init_adapter': '%s'}}"
                        .formatted(file, name));
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asString()).as(answer.body()).isEqualTo(code);
        assertThat(error.path("param").asString()).isEqualTo("anneal.init_adapter");
        assertThat(error.path("message").asString()).contains("'" + name + "'").contains(words);
    }

    private List<String> checkpoints(String job) {
        return json(get(ALPHA, JOBS + "/" + job + "/checkpoints"))
                .get("data")
                .valueStream()
                .map(row -> row.get("id").stringValue())
                .toList();
    }

    private List<String> messages(String job) {
        return json(get(ALPHA, JOBS + "/" + job + "/events?limit=100")).findValuesAsString("message");
    }
}
