package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Requests for jobs that cannot be: the answer names place, value and remedy, and no job is made. */
class JobRefusalsIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";

    @Test
    void modelMustBeAvailable() {
        String file = file(ALPHA, 10);

        refused("{'model': 'gpt-4o', 'training_file': '" + file + "'}", "model_not_available", "model", "'gpt-4o'");
        refused("{'model': '../etc', 'training_file': '" + file + "'}", "model_not_available", "model", "anneal-tiny");
        refused(
                "{'model': 'ft:anneal-tiny:a:b:c', 'training_file': '" + file + "'}",
                "model_not_available",
                "model",
                "base model");
        refused("{'training_file': '" + file + "'}", "missing_parameter", "model", "required");
    }

    @Test
    void filesMustBeTheTenantsOwnAndOfTheRightPurpose() {
        String own = file(ALPHA, 10);
        String foreign = file(BETA, 10);
        String other = file(ALPHA, FilePurpose.USER_DATA, "notes");

        refused(body("file-unknown", ""), "invalid_value", "training_file", "no such file");
        refused(body(foreign, ""), "invalid_value", "training_file", "no such file");
        refused(body(other, ""), "invalid_value", "training_file", "'user_data'");
        refused(body(own, ", 'validation_file': 'file-x'"), "invalid_value", "validation_file", "no such file");
    }

    @Test
    void faultyDatasetsAreRefusedWithTheirReason() {
        String few = file(ALPHA, 9);
        String broken = file(ALPHA, FilePurpose.FINE_TUNE, "{\"messages\": 1}\n".repeat(12));

        refused(body(few, ""), "dataset_too_small", "training_file", "10");
        refused(body(broken, ""), "dataset_invalid", "training_file", "line 1");
    }

    @Test
    void rowsMustBeOfTheMethodsFormat() {
        String pairs = file(ALPHA, FilePurpose.FINE_TUNE, (Rows.pair("a", "b") + "\n").repeat(10));
        String prompts = file(ALPHA, FilePurpose.FINE_TUNE, (Rows.prompt("a") + "\n").repeat(10));
        String chat = file(ALPHA, 10);

        refused(body(pairs, ""), "dataset_invalid", "training_file", "or the method 'dpo'");
        refused(
                body(chat, ", 'method': {'type': 'dpo'}"),
                "dataset_invalid",
                "training_file",
                "the method 'dpo' trains on the format 'preference'");
        refused(body(prompts, ""), "dataset_invalid", "training_file", "or the method 'reinforcement'");
        refused(
                body(chat, ", 'validation_file': '" + pairs + "'"),
                "dataset_invalid",
                "validation_file",
                "format 'preference'");
    }

    @Test
    void onlyWeightsThatStayAsTheyAreCanBeInFourBits() {
        String file = file(ALPHA, 10);

        refused(
                body(file, ", 'anneal': {'adapter': 'none', 'base_precision': 'nf4'}"),
                "invalid_value",
                "anneal.base_precision",
                "trains all weights");
        refused(
                body(
                        file,
                        ", 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': 'eagle3'}},"
                                + " 'anneal': {'base_precision': 'nf4'}"),
                "invalid_value",
                "anneal.base_precision",
                "leave it out");
    }

    @Test
    void onlyFrozenWeightsCanBeSharedOut() {
        String file = file(ALPHA, 10);

        refused(
                body(file, ", 'anneal': {'base_placement': 'sharded'}"),
                "invalid_value",
                "anneal.base_placement",
                "ask for at least 2 'anneal.devices'");
        refused(
                body(file, ", 'anneal': {'base_placement': 'sharded', 'devices': 2, 'adapter': 'none'}"),
                "invalid_value",
                "anneal.base_placement",
                "train an adapter");
    }

    @Test
    void adapterMustFitTheModel() {
        String file = file(ALPHA, 10);

        refused(body(file, ", 'afa_lora': {'rank': 0}"), "invalid_value", "afa_lora.rank", "but is 0");
        refused(body(file, ", 'afa_lora': {'rank': 65}"), "invalid_value", "afa_lora.rank", "use a rank from 1 to 64");
        refused(
                body(file, ", 'afa_lora': {'sign_groups': 12}"),
                "invalid_value",
                "afa_lora.sign_groups",
                "is 12; use 1 or another power of two up to 64");
        refused(
                body(file, ", 'afa_lora': {'sign_groups': 128}"),
                "invalid_value",
                "afa_lora.sign_groups",
                "is 128; use 1 or another power of two up to 64");
        refused(
                body(file, ", 'afa_lora': {'target_modules': ['q_proj', 'lm_head']}"),
                "invalid_value",
                "afa_lora.target_modules",
                "'lm_head'");
        refused(body(file, ", 'anneal': {'max_length': 2000}"), "invalid_value", "anneal.max_length", "1024 tokens");
        refused(
                body(file, ", 'afa_lora': {'schedule': {'start': 0.9, 'end': 0.1}}"),
                "invalid_value",
                "afa_lora.schedule.start",
                "'end', which is 0.1");
        refused(
                body(file, ", 'afa_lora': {'activation': 'tanh'}"),
                "invalid_value",
                "afa_lora.activation",
                "silu, relu");
    }

    // #17
    @Test
    void aLearningRateThatDestroysTheModelIsRefusedWithTheLargestThatDoesNot() {
        String file = file(ALPHA, 10);

        refused(
                body(
                        file,
                        ", 'method': {'type': 'supervised', 'supervised': {'hyperparameters': {'learning_rate_multiplier': 1e9}}}"),
                "invalid_value",
                "method.supervised.hyperparameters.learning_rate_multiplier",
                "give a multiplier from 2.5E-10 to 250");
        refused(
                body(file, ", 'anneal': {'learning_rate': 1e-50}"),
                "invalid_value",
                "anneal.learning_rate",
                "from 1e-12 to 1");
    }

    @Test
    void methodsWithoutTheirGraderAndUnknownKeysAreNamed() {
        String file = file(ALPHA, 10);

        refused(
                body(file, ", 'method': {'type': 'reinforcement', 'reinforcement': {}}"),
                "missing_parameter",
                "method.reinforcement.grader",
                "string_check");
        refused(body(file, ", 'n_epochs': 3"), "unknown_parameter", "n_epochs", "known here are");
        refused(
                body(file, ", 'hyperparameters': {'n_epochs': 0}"),
                "invalid_value",
                "hyperparameters.n_epochs",
                "1 to 50");
        refused(
                body(file, ", 'metadata': {'k': '" + "v".repeat(513) + "'}"),
                "invalid_value",
                "metadata.k",
                "513 characters");
    }

    @Test
    void aSettingAtTheWrongPlaceIsPointedToItsOwn() {
        String file = file(ALPHA, 10);

        refused(body(file, ", 'learning_rate': 0.1"), "unknown_parameter", "learning_rate", "'anneal.learning_rate'?");
        refused(body(file, ", 'max_steps': 3"), "unknown_parameter", "max_steps", "mean 'anneal.max_steps'?");
        refused(body(file, ", 'rank': 8"), "unknown_parameter", "rank", "mean 'afa_lora.rank'?");
        refused(
                body(file, ", 'n_epochs': 3"),
                "unknown_parameter",
                "n_epochs",
                "mean 'method.supervised.hyperparameters.n_epochs'?");
        refused(
                body(file, ", 'anneal': {'n_epochs': 3}"),
                "unknown_parameter",
                "anneal.n_epochs",
                "hyperparameters.n_");
        refused(
                body(file, ", 'hyperparameters': {'learning_rate': 0.1}"),
                "unknown_parameter",
                "hyperparameters.learning_rate",
                "mean 'anneal.learning_rate'?");
        refused(body(file, ", 'training_files': 'a'"), "unknown_parameter", "training_files", "mean 'training_file'?");
        refused(body(file, ", 'method': {'type': 'grpo'}"), "invalid_value", "method.type", "mean 'reinforcement'?");
        refused(body(file, ", 'method': {'type': 'superwised'}"), "invalid_value", "method.type", "mean 'supervised'?");
    }

    @Test
    void modelsThatAreToJudgeMustBeThere() {
        String prompts = file(
                ALPHA,
                FilePurpose.FINE_TUNE,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"1 + 1 =\"}], \"answer\": \"2\"}\n".repeat(10));
        for (String model : List.of("nobody", "ft:anneal-tiny:alpha::00000000")) {
            String judge =
                    "{'type': 'score_model', 'name': 'judge', 'model': '%s', 'input': [{'role': 'user', 'content': 'Rate.'}]}"
                            .formatted(model);
            refused(
                    body(
                            prompts,
                            ", 'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'multi', 'calculate_output': 'judge', 'graders': ["
                                    + judge + "]}}}"),
                    "model_not_available",
                    "method.reinforcement.grader.graders[0].model",
                    model);
        }
    }

    @Test
    void bodyMustBeAJsonObject() {
        for (String body : new String[] {"", "{'model'", "[]", "7", "{'model': 'a', 'model': 'b'}"}) {
            HttpResponse<String> answer = post(ALPHA, JOBS, body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(json(answer).path("error").path("message").stringValue()).isNotBlank();
        }
    }

    @Test
    void headerThatIsRefusedCreatesNoJob() {
        String file = file(ALPHA, 12);

        HttpResponse<String> answer = send(request(ALPHA, JOBS)
                .header("Content-Type", "application/json")
                .header("Anneal-Extended-Status", "perhaps")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"anneal-tiny\", \"training_file\": \"" + file + "\"}")));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Anneal-Extended-Status", "perhaps");
        assertThat(json(get(ALPHA, JOBS)).path("data")).isEmpty();
    }

    @Test
    void idempotencyKeyHasALimit() {
        HttpResponse<String> answer = send(request(ALPHA, JOBS)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "k".repeat(256))
                .POST(HttpRequest.BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Idempotency-Key");
    }

    @Test
    void rowsWithoutRoomForAnAnswerFailTheJobWithItsDataset() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), ", 'anneal': {'max_length': 8}");

        JsonNode job = job(ALPHA, id);

        assertThat(job.get("status").stringValue()).isEqualTo("failed");
        assertThat(job.path("error").path("code").stringValue()).isEqualTo("dataset_invalid");
        assertThat(job.path("error").path("param").stringValue()).isEqualTo("training_file");
        assertThat(job.path("error").path("message").stringValue()).contains("within 8 tokens");
        assertThat(job.path("anneal").path("failure").path("origin").stringValue())
                .isEqualTo("user");
    }

    @Test
    void rowsThatAreCutAreCountedInTheEvents() {
        String id = queuedJob(ALPHA, file(ALPHA, 10), ", 'anneal': {'max_length': 20}");

        assertThat(get(ALPHA, JOBS + "/" + id + "/events").body()).contains("longer than 20 tokens");
        assertThat(job(ALPHA, id).get("status").stringValue()).isEqualTo("queued");
    }

    private void refused(String body, String code, String param, String words) {
        HttpResponse<String> answer = post(ALPHA, JOBS, body);
        JsonNode error = json(answer).get("error");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
        assertThat(error.get("code").stringValue()).isEqualTo(code);
        assertThat(error.get("param").stringValue()).isEqualTo(param);
        assertThat(error.get("message").stringValue()).contains(words);
        assertThat(json(get(ALPHA, JOBS)).get("data")).isEmpty();
    }

    private static String body(String file, String moreKeys) {
        return "{'model': 'anneal-tiny', 'training_file': '" + file + "'" + moreKeys + "}";
    }
}
