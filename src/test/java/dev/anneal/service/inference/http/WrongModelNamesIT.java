package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.service.files.FilePurpose;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wherever a model is named, a wrong name gets the one that is meant, among those that the tenant may see. #17 */
class WrongModelNamesIT extends InferenceTest {

    private static final String JUDGE =
            "{'type': 'score_model', 'name': 'a', 'model': '%s', 'input': [{'role': 'user', 'content': 'a'}], 'range': [0, 1]}";

    private String file = "";
    private String tuned = "";
    private String wrong = "";

    @BeforeEach
    void train() {
        file = file(ALPHA, 10);
        String job = queuedJob(ALPHA, file, ", 'suffix': 'sorted-words'");
        playedWorker().steps(1, 4).checkpoint(4).finish(4);
        tuned = job(ALPHA, job).path("fine_tuned_model").asString();
        wrong = tuned.replace("sorted", "sotred");
    }

    @Test
    void aBaseModelIsGuessed() {
        String body = "{'model': 'anneal-tyni', 'training_file': '" + file + "'}";

        assertMeant("anneal-tiny", 400, post(ALPHA, "/v1/fine_tuning/jobs", body));
        assertMeant("anneal-tiny", 400, post(ALPHA, "/v1/fine_tuning/estimate", body));
        assertMeant("anneal-tiny", 400, evaluation("Anneal_Tiny"));
        assertMeant("anneal-tiny", 404, chat(ALPHA, "annealtiny"));
        assertMeant("anneal-tiny", 404, completion("anneal-tini"));
        assertMeant("anneal-tiny", 404, get(ALPHA, "/v1/models/anneal-tinny"));
        assertMeant("anneal-tiny", 404, get(ALPHA, "/v1/anneal/base_models/anneal-tinny"));
    }

    @Test
    void aTunedModelIsGuessed() {
        assertMeant(tuned, 400, evaluation(wrong));
        assertMeant(tuned, 404, chat(ALPHA, wrong));
        assertMeant(tuned, 404, completion(wrong));
        assertMeant(tuned, 404, get(ALPHA, "/v1/models/" + wrong));
        assertMeant(
                tuned,
                404,
                send(request(ALPHA, "/v1/models/" + wrong).method("DELETE", HttpRequest.BodyPublishers.noBody())));
        assertMeant(tuned, 404, get(ALPHA, "/v1/models/" + tuned.substring("ft:".length())));
        assertMeant(
                tuned,
                400,
                post(
                        ALPHA,
                        "/v1/fine_tuning/jobs",
                        "{'model': 'anneal-tiny', 'training_file': '" + file + "', 'anneal': {'init_adapter': '" + wrong
                                + "'}}"));
    }

    @Test
    void aJudgeIsGuessed() {
        String rows = file(ALPHA, FilePurpose.FINE_TUNE, (Rows.prompt("a") + "\n").repeat(10));

        for (String name : new String[] {"anneal-tyni", wrong}) {
            HttpResponse<String> answer = post(
                    ALPHA,
                    "/v1/fine_tuning/evaluations",
                    "{'model': 'anneal-tiny', 'test_file': '" + rows + "', 'grader': " + JUDGE.formatted(name) + "}");

            assertMeant(name.equals(wrong) ? tuned : "anneal-tiny", 400, answer);
        }
    }

    /** A shared model is guessed for as long as it is shared and there. */
    @Test
    void modelsOfOthersAreGuessedOnlyWhileTheyAreShared() {
        assertNothingMeant(chat(BETA, wrong));
        assertNothingMeant(get(BETA, "/v1/models/" + wrong));

        HttpResponse<String> granted =
                post(ALPHA, "/v1/fine_tuning/checkpoints/" + tuned + "/permissions", "{'project_ids': ['beta']}");
        assertThat(granted.statusCode()).as(granted.body()).isEqualTo(200);
        assertMeant(tuned, 404, chat(BETA, wrong));
        assertMeant(tuned, 404, get(BETA, "/v1/models/" + wrong));

        send(request(ALPHA, "/v1/models/" + tuned).method("DELETE", HttpRequest.BodyPublishers.noBody()));
        assertNothingMeant(chat(BETA, wrong));
        assertNothingMeant(chat(ALPHA, wrong));
    }

    @Test
    void nothingIsGuessedWhereNothingIsAlike() {
        assertNothingMeant(chat(ALPHA, "gpt-4o"));
        assertNothingMeant(get(ALPHA, "/v1/models/" + "x".repeat(300)));
    }

    private HttpResponse<String> evaluation(String model) {
        return post(ALPHA, "/v1/fine_tuning/evaluations", "{'model': '" + model + "', 'test_file': '" + file + "'}");
    }

    private HttpResponse<String> chat(String tenant, String model) {
        return post(
                tenant,
                "/v1/chat/completions",
                "{'model': '" + model + "', 'messages': [{'role': 'user', 'content': 'a'}]}");
    }

    private HttpResponse<String> completion(String model) {
        return post(ALPHA, "/v1/completions", "{'model': '" + model + "', 'prompt': 'a'}");
    }

    private static void assertMeant(String name, int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).at("/error/message").asString()).contains(" Did you mean '" + name + "'?");
    }

    private static void assertNothingMeant(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
        assertThat(answer.body()).doesNotContain("Did you mean");
    }
}
