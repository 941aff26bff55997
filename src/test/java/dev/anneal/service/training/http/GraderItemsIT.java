package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Graders whose templates ask for what the rows of a file do not have: said when there is still somebody to tell. #17
 */
class GraderItemsIT extends ServiceTest {

    private static final String ROW =
            "{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], \"answer\": \"42\", \"meta\": {\"level\": 1}}\n";
    private static final String PLACE = "method.reinforcement.grader";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type': 'string_check', 'name': 'g', 'input': '{{sample.output_text}}', 'reference': '{{item.anwser}}', 'operation': 'eq'} | .reference | {{item.anwser}} | they have answer, messages, meta. Did you mean 'answer'?",
                "{'type': 'text_similarity', 'name': 'g', 'input': '{{item.meta.lvl}}', 'reference': '{{item.answer}}', 'evaluation_metric': 'bleu'} | .input | {{item.meta.lvl}} | they have level",
                "{'type': 'score_model', 'name': 'g', 'model': 'anneal-tiny', 'input': [{'role': 'user', 'content': '{{ item.solution }}'}]} | .input[0].content | {{item.solution}} | they have answer, messages, meta",
                "{'type': 'label_model', 'name': 'g', 'model': 'anneal-tiny', 'labels': ['a'], 'passing_labels': ['a'], 'input': [{'role': 'user', 'content': [{'type': 'input_text', 'text': '{{item.answer.text}}'}]}]} | .input[0].content[0].text | {{item.answer.text}} | the value is neither an object nor an array",
                "{'type': 'multi', 'name': 'm', 'calculate_output': 'g', 'graders': {'g': {'type': 'string_check', 'name': 'g', 'input': 'a', 'reference': '{{item[`x`]}}', 'operation': 'eq'}}} | .graders.g.reference | {{item[`x`]}} | they have answer, messages, meta"
            })
    void whatNoRowHasIsRefusedWithItsPlace(String grader, String place, String variable, String instead) {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, ROW.repeat(10));
        String sent = grader.replace("`", "\\'");
        String named = variable.replace('`', '"');

        for (String path : List.of("/v1/fine_tuning/jobs", "/v1/fine_tuning/estimate")) {
            JsonNode error = refused(post(ALPHA, path, job(file, "", sent)));
            assertThat(error.path("param").asString()).isEqualTo(PLACE + place);
            assertThat(error.path("message").asString())
                    .startsWith("'" + PLACE + place + "' of the grader 'g' asks for " + named
                            + ", but none of the 10 rows of '" + file)
                    .contains(instead);
        }
        JsonNode error = refused(post(
                ALPHA,
                "/v1/fine_tuning/evaluations",
                "{'model': 'anneal-tiny', 'test_file': '" + file + "', 'grader': " + sent + "}"));
        assertThat(error.path("param").asString()).isEqualTo("grader" + place);
    }

    // #17
    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}"})
    void whatIsEmptyInEachRowIsSaidToBeEmpty(String empty) {
        String file =
                file(ALPHA, FilePurpose.FINE_TUNE, ROW.replace("\"42\"", empty).repeat(10));

        JsonNode error = refused(post(
                ALPHA,
                "/v1/fine_tuning/jobs",
                job(
                        file,
                        "",
                        exact().replace("item.answer", empty.equals("[]") ? "item.answer[0]" : "item.answer.a"))));

        assertThat(error.path("message").asString()).endsWith("or there is nothing in it");
    }

    @Test
    void aValidationFileIsLookedAtToo() {
        String training = file(ALPHA, FilePurpose.FINE_TUNE, ROW.repeat(10));
        String validation = file(
                ALPHA, FilePurpose.FINE_TUNE, ROW.replace("answer", "solution").repeat(10));

        JsonNode error = refused(post(
                ALPHA, "/v1/fine_tuning/jobs", job(training, ", 'validation_file': '" + validation + "'", exact())));

        assertThat(error.path("message").asString()).contains("'" + validation + "'");
    }

    /**
     * Rows that are not read yet say nothing; the job fails of itself as soon as they are, and never reaches a worker.
     */
    @Test
    void aFileThatIsStillCheckedFailsItsJobWhenItsRowsAreRead() {
        String file = stored(
                ALPHA,
                "rows.jsonl",
                FilePurpose.FINE_TUNE,
                ROW.replace("answer", "solution").repeat(20_000).getBytes(StandardCharsets.UTF_8));

        HttpResponse<String> created = post(ALPHA, "/v1/fine_tuning/jobs", job(file, "", exact()));
        if (created.statusCode() == 400) {
            return; // The check was faster than the request.
        }

        String id = json(created).path("id").asString();
        JsonNode failed = awaitValue(
                () -> job(ALPHA, id), job -> job.path("status").asString().equals("failed"));
        assertThat(failed.at("/error/code").asString()).isEqualTo("grader_invalid");
        assertThat(failed.at("/error/param").asString()).isEqualTo(PLACE + ".reference");
        assertThat(failed.at("/anneal/failure/origin").asString()).isEqualTo("user");
    }

    @Test
    void whatSomeRowsLackIsAWarning() {
        String file = file(
                ALPHA,
                FilePurpose.FINE_TUNE,
                ROW.repeat(9) + ROW.replace("answer", "solution").repeat(3));

        String id = queuedJob(ALPHA, file, ", " + method(exact()));

        String warning =
                "3 of 12 rows of %s lack what 'method.reinforcement.grader.reference' of the grader 'exact' asks for, {{item.answer}}; their completions get no reward, and a step with such rows alone fails the job"
                        .formatted(file);
        JsonNode events = json(get(ALPHA, "/v1/fine_tuning/jobs/" + id + "/events?limit=100"))
                .path("data");
        assertThat(events)
                .filteredOn(event -> event.path("level").asString().equals("warn"))
                .extracting(event -> event.path("message").asString())
                .containsExactly(warning);
        assertThat(EstimateWarnings.ofRows(json(post(ALPHA, "/v1/fine_tuning/estimate", job(file, "", exact())))))
                .containsExactly(warning);
    }

    private static String exact() {
        return "{'type': 'string_check', 'name': 'exact', 'input': '{{sample.output_text}}', 'reference': '{{item.answer}}', 'operation': 'eq'}";
    }

    private static String method(String grader) {
        return "'method': {'type': 'reinforcement', 'reinforcement': {'grader': " + grader + "}}";
    }

    private static String job(String file, String more, String grader) {
        return "{'model': 'anneal-tiny', 'training_file': '%s'%s, %s}".formatted(file, more, method(grader));
    }

    private static JsonNode refused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = json(response).path("error");
        assertThat(error.path("code").asString()).isEqualTo("grader_invalid");
        return error;
    }
}
