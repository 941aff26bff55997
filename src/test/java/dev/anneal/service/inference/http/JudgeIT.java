package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.finetuning.alpha.graders.GraderRunParams;
import com.openai.models.finetuning.alpha.graders.GraderRunResponse;
import com.openai.models.graders.gradermodels.ScoreModelGrader;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Models of this installation judge. */
class JudgeIT extends InferenceTest {

    private static ScoreModelGrader judge(String model, double most) {
        return ScoreModelGrader.builder()
                .name("judge")
                .model(model)
                .addInput(ScoreModelGrader.Input.builder()
                        .role(ScoreModelGrader.Input.Role.USER)
                        .content("What is {{sample.output_text}}?")
                        .build())
                .addRange(0)
                .addRange(most)
                .build();
    }

    private GraderRunResponse run(ScoreModelGrader grader) {
        return openai(ALPHA)
                .fineTuning()
                .alpha()
                .graders()
                .run(GraderRunParams.builder()
                        .grader(grader)
                        .modelSample("17 + 25")
                        .build())
                .validate();
    }

    @Test
    void theNumberThatAModelAnswersIsTheReward() {
        JsonNode chat = json(
                post(
                        ALPHA,
                        "/v1/chat/completions",
                        "{'model': 'anneal-tiny', 'temperature': 0, 'messages': [{'role': 'user', 'content': 'What is 17 + 25?'}]}"));
        double answer = Double.parseDouble(
                chat.at("/choices/0/message/content").stringValue().replaceAll("[^0-9]", ""));

        GraderRunResponse response = run(judge("anneal-tiny", 1000));

        assertThat(response.reward()).as("%s", response).isEqualTo(answer);
        assertThat(response.metadata().sampledModelName()).hasValue("anneal-tiny");
        assertThat(response.metadata().tokenUsage())
                .hasValue(chat.at("/usage/total_tokens").longValue());
        assertThat(response.modelGraderTokenUsagePerModel()._allProperties()).containsOnlyKeys("anneal-tiny");
        assertThat(run(judge("anneal-tiny", 5)).reward()).isEqualTo(5.0);
    }

    /** As where a job names it: whoever may use a shared model may not have it judge. */
    @Test
    void aModelThatIsNotThereOrSharedIsRefused() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        String model = job(ALPHA, job).path("fine_tuned_model").asString();
        assertThat(post(
                                ALPHA,
                                "/v1/fine_tuning/checkpoints/" + model + "/permissions",
                                "{'project_ids': ['" + BETA + "']}")
                        .statusCode())
                .isEqualTo(200);

        assertThat(refused("nobody")).contains("'grader.model'");
        assertThat(refused(model))
                .isEqualTo("'grader.model' names '" + model
                        + "', but there is no such model; /v1/models lists those that may judge.");
    }

    private String refused(String judge) {
        HttpResponse<String> answer = post(
                BETA,
                "/v1/fine_tuning/alpha/graders/run",
                "{'grader': {'type': 'score_model', 'name': 'judge', 'model': '" + judge
                        + "', 'input': [{'role': 'user', 'content': 'Rate'}]}, 'model_sample': 'a'}");
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asString()).as(answer.body()).isEqualTo("model_not_available");
        assertThat(error.path("param").asString()).isEqualTo("grader.model");
        return error.path("message").asString();
    }
}
