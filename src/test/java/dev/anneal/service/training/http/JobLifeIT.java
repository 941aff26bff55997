package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.NotFoundException;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.JobListParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import com.openai.models.models.Model;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.training.history.Checkpoint;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The life of jobs as OpenAI's strict client and raw JSON see it. */
class JobLifeIT extends ServiceTest {

    private static final String JOB_KEYS =
            "id object created_at error fine_tuned_model finished_at hyperparameters model organization_id result_files status"
                    + " trained_tokens training_file validation_file seed estimated_finish integrations method metadata"
                    + " user_provided_suffix afa_lora anneal";

    private static final String ANNEAL_KEYS =
            "state beta step total_steps annealed_at_step mergeable queue_position queue_depth waiting_for estimated_start eta_seconds percent"
                    + " epoch tokens shared_tokens tokens_per_second device_memory failure attempt attempts estimate"
                    + " adapter init_adapter learning_rate max_steps warmup_ratio lr_schedule weight_decay max_grad_norm max_length"
                    + " gradient_accumulation checkpoint_interval eval_interval lora_plus_ratio packing activation_checkpointing devices reproducible base_precision base_placement priority"
                    + " method loss rollouts draft grader";

    @Test
    void officialClientFollowsAJobFromCreationToItsModel() {
        OpenAIClient client = openai(ALPHA);
        String id = create(client).id();
        await(() -> retrieve(client, id).status().equals(FineTuningJob.Status.QUEUED));

        PlayedWorker worker = playedWorker().steps(1, 2);
        assertThat(retrieve(client, id).status()).isEqualTo(FineTuningJob.Status.RUNNING);
        assertThat(worker.finish(2).holds()).isTrue();

        FineTuningJob done = retrieve(client, id);
        assertThat(done.status()).isEqualTo(FineTuningJob.Status.SUCCEEDED);
        assertThat(done.fineTunedModel()).get().asString().matches("ft:anneal-tiny:alpha:tickets:[0-9a-z]{8}");
        assertThat(done.trainedTokens()).contains(worker.totalSteps() * 100L);
        assertThat(done.resultFiles()).hasSize(1);
        assertThat(done.finishedAt()).isPresent();
        assertThat(done.error()).isEmpty();
        assertThat(done.hyperparameters().nEpochs().orElseThrow().asInteger()).isEqualTo(2);
        assertThat(done.toString()).contains("anneal=", "afa_lora=");
        assertThat(client.models().list().data())
                .extracting(Model::id)
                .contains("anneal-tiny", done.fineTunedModel().orElseThrow());
    }

    @Test
    void eventsAndCheckpointsPageToTheirEnd() {
        OpenAIClient client = openai(ALPHA);
        String id = create(client).id();
        await(() -> retrieve(client, id).status().equals(FineTuningJob.Status.QUEUED));
        PlayedWorker worker = playedWorker().steps(1, 2).validation(2).checkpoint(2);
        worker.finish(2);

        List<FineTuningJobEvent> events =
                client.fineTuning().jobs().listEvents(id).autoPager().stream().toList();
        assertThat(events).extracting(FineTuningJobEvent::id).doesNotHaveDuplicates();
        assertThat(events).extracting(FineTuningJobEvent::message).last().isEqualTo("Created fine-tuning job: " + id);
        assertThat(events.get(0).message()).isEqualTo("The job has successfully completed");
        assertThat(events)
                .filteredOn(event -> event.type()
                        .filter(FineTuningJobEvent.Type.METRICS::equals)
                        .isPresent())
                .extracting(FineTuningJobEvent::message)
                .contains("Step 1/" + worker.totalSteps() + ": training loss=2.0000, beta=1.0000");

        List<FineTuningJobCheckpoint> checkpoints =
                client.fineTuning().jobs().checkpoints().list(id).autoPager().stream()
                        .toList();
        assertThat(checkpoints)
                .extracting(FineTuningJobCheckpoint::stepNumber)
                .containsExactly((long) worker.totalSteps(), 2L);
        assertThat(checkpoints.get(1).metrics().fullValidLoss()).contains(0.75);
        assertThat(checkpoints.get(0).fineTunedModelCheckpoint()).endsWith(":ckpt-step-" + worker.totalSteps());
    }

    @Test
    void rawJobHasEveryKeyFromTheFirstAnswerOn() {
        HttpResponse<String> created = post(
                ALPHA, "/v1/fine_tuning/jobs", "{'model': 'anneal-tiny', 'training_file': '" + file(ALPHA, 10) + "'}");
        JsonNode job = json(created);

        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(created.headers().firstValue("content-type"))
                .get()
                .asString()
                .startsWith("application/json");
        assertThat(created.headers().firstValue("x-request-id")).isPresent();
        assertThat(job.propertyNames()).contains(JOB_KEYS.split(" "));
        assertThat(job.get("error").isNull()).isTrue();
        assertThat(job.get("fine_tuned_model").isNull()).isTrue();
        assertThat(job.get("created_at").isIntegralNumber()).isTrue();
        assertThat(job.get("seed").isIntegralNumber()).isTrue();
        assertThat(job.get("organization_id").stringValue()).isEqualTo(ALPHA);
        assertThat(job.get("afa_lora").toString())
                .isEqualTo(
                        "{\"rank\":16,\"alpha\":32.0,\"dropout\":0.0,\"target_modules\":[\"all-linear\"],\"rslora\":false,"
                                + "\"activation\":\"matched_relu\",\"schedule\":{\"shape\":\"linear\",\"start\":0.0,\"end\":0.8},\"sign_groups\":8}");
        assertThat(job.get("anneal").propertyNames()).containsExactlyInAnyOrder(ANNEAL_KEYS.split(" "));
    }

    @Test
    void autoIsShownUntilTheFilesAreCounted() {
        String file = file(ALPHA, 20);
        JsonNode first = json(post(
                ALPHA, "/v1/fine_tuning/jobs", "{'model': 'anneal-tiny', 'training_file': '" + file + "', 'seed': 5}"));
        assertThat(first.get("status").stringValue()).isEqualTo("validating_files");
        assertThat(first.get("hyperparameters").toString())
                .isEqualTo("{\"batch_size\":\"auto\",\"learning_rate_multiplier\":\"auto\",\"n_epochs\":\"auto\"}");

        JsonNode queued = job(ALPHA, queuedJob(ALPHA, file, ", 'seed': 5"));

        assertThat(queued.get("hyperparameters").toString())
                .isEqualTo("{\"batch_size\":8,\"learning_rate_multiplier\":1.0,\"n_epochs\":10}");
        assertThat(queued.path("method").path("supervised").path("hyperparameters"))
                .isEqualTo(queued.get("hyperparameters"));
        assertThat(queued.get("seed").intValue()).isEqualTo(5);
        assertThat(queued.path("anneal").path("total_steps").intValue()).isEqualTo(30);
        assertThat(queued.path("anneal").path("annealed_at_step").intValue()).isEqualTo(24);
        assertThat(queued.path("anneal").path("beta").doubleValue()).isEqualTo(1);
        assertThat(queued.path("anneal").path("queue_position").isIntegralNumber())
                .isTrue();
    }

    @Test
    void progressIsThatOfTheNewestStep() {
        String id = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 12).checkpoint(12);

        JsonNode anneal = job(ALPHA, id).get("anneal");

        assertThat(anneal.get("state").stringValue()).isEqualTo("running");
        assertThat(anneal.get("step").intValue()).isEqualTo(12);
        assertThat(anneal.get("beta").doubleValue()).isEqualTo(0.5);
        assertThat(anneal.get("mergeable").booleanValue()).isFalse();
        assertThat(anneal.get("percent").doubleValue()).isEqualTo(40);
        assertThat(anneal.get("tokens").longValue()).isEqualTo(2400);
        assertThat(anneal.get("shared_tokens").longValue()).isEqualTo(240);
        assertThat(anneal.get("tokens_per_second").doubleValue()).isEqualTo(400);
        // More if the played worker was slow to report its checkpoint, because checkpoints to come count too.
        assertThat(anneal.get("eta_seconds").doubleValue()).isBetween(9.0, 10.0);
        assertThat(anneal.get("attempts").get(0).get("reason").isNull()).isTrue();
    }

    @Test
    void memoryOfADeviceIsTheMostOfAnyAttemptAndAbsentOnCpus() {
        String id = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().giveBack();
        assertThat(job(ALPHA, id).get("anneal").get("device_memory").isNull()).isTrue();

        playedWorker().deviceMemory("cuda:0", 80L << 30, 9_000).giveBack();
        playedWorker().deviceMemory("cuda:1", 40L << 30, 8_000);

        assertThat(job(ALPHA, id).get("anneal").get("device_memory").toString())
                .isEqualTo("{\"device\":\"cuda:1\",\"total_bytes\":42949672960,\"peak_bytes\":9000}");
    }

    @Test
    void failedAttemptIsTriedAgainFromTheCheckpointUnlessTheUserIsAtFault() {
        String id = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker first = playedWorker();
        assertThat(first.order().validatedStep()).isZero();
        first.steps(1, 4).checkpoint(4).validation(4).giveBack();
        PlayedWorker second = playedWorker();
        assertThat(second.order().checkpoints().get(0))
                .extracting(Checkpoint::step)
                .isEqualTo(4);
        assertThat(second.order().validatedStep()).isEqualTo(4);
        second.steps(5, 6).fail(WorkError.ofUser("non_finite_loss", "the loss of step 7 is NaN", null));

        JsonNode job = job(ALPHA, id);

        assertThat(job.get("status").stringValue()).isEqualTo("failed");
        assertThat(job.get("error").toString())
                .isEqualTo("{\"code\":\"non_finite_loss\",\"message\":\"the loss of step 7 is NaN\",\"param\":null}");
        assertThat(job.path("anneal").path("failure").toString())
                .isEqualTo("{\"origin\":\"user\",\"retryable\":false,\"attempt\":2}");
        JsonNode attempts = job.path("anneal").path("attempts");
        assertThat(attempts.get(0).get("reason").stringValue()).isEqualTo("given_back");
        assertThat(attempts.get(1).get("from_step").intValue()).isEqualTo(4);
        assertThat(attempts.get(1).get("reason").stringValue()).isEqualTo("failed: non_finite_loss");
    }

    @Test
    void listsPageByIdAndFilterByMetadata() {
        OpenAIClient client = openai(ALPHA);
        String file = file(ALPHA, 10);
        String first = queuedJob(ALPHA, file, ", 'metadata': {'team': 'a', 'k': 'v'}");
        String second = queuedJob(ALPHA, file, ", 'metadata': {'team': 'b'}");
        String third = queuedJob(ALPHA, file, "");

        assertThat(client
                        .fineTuning()
                        .jobs()
                        .list(JobListParams.builder().limit(1).build())
                        .autoPager()
                        .stream()
                        .map(FineTuningJob::id))
                .containsExactly(third, second, first);
        assertThat(ids("?metadata%5Bteam%5D=a")).containsExactly(first);
        assertThat(ids("?metadata[team]=b".replace("[", "%5B").replace("]", "%5D")))
                .containsExactly(second);
        assertThat(ids("?metadata=null")).containsExactly(third);
        assertThat(ids("?after=" + first)).isEmpty();
        assertThat(json(get(ALPHA, "/v1/fine_tuning/jobs?after=" + first))
                        .get("has_more")
                        .booleanValue())
                .isFalse();
        assertThat(get(ALPHA, "/v1/fine_tuning/jobs?after=ftjob-unknown").statusCode())
                .isEqualTo(400);
        assertThat(get(BETA, "/v1/fine_tuning/jobs?after=" + first).statusCode())
                .isEqualTo(400);
    }

    @Test
    void deletedModelIsGoneButItsJobStays() {
        OpenAIClient client = openai(ALPHA);
        String id = queuedJob(ALPHA, file(ALPHA, 10), "");
        playedWorker().finish(0);
        String model = retrieve(client, id).fineTunedModel().orElseThrow();
        assertThat(client.models().retrieve(model).ownedBy()).isEqualTo(ALPHA);

        assertThat(client.models().delete(model).deleted()).isTrue();

        assertThatThrownBy(() -> client.models().retrieve(model)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.models().delete(model)).isInstanceOf(NotFoundException.class);
        assertThat(retrieve(client, id).fineTunedModel()).contains(model);
    }

    private List<String> ids(String query) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs" + query))
                .get("data")
                .valueStream()
                .map(job -> job.get("id").stringValue())
                .toList();
    }

    private FineTuningJob create(OpenAIClient client) {
        return client.fineTuning()
                .jobs()
                .create(JobCreateParams.builder()
                        .model("anneal-tiny")
                        .trainingFile(file(ALPHA, 40))
                        .suffix("tickets")
                        .method(JobCreateParams.Method.builder()
                                .type(JobCreateParams.Method.Type.SUPERVISED)
                                .putAdditionalProperty(
                                        "supervised", JsonValue.from(Map.of("hyperparameters", Map.of("n_epochs", 2))))
                                .build())
                        .putAdditionalBodyProperty("afa_lora", JsonValue.from(Map.of("rank", 8)))
                        .build());
    }

    private static FineTuningJob retrieve(OpenAIClient client, String id) {
        return client.fineTuning().jobs().retrieve(id).validate();
    }
}
