package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies that are not JSON, or hold values of the wrong type, are refused in words of their authors, whatever the
 * route. #17
 */
class BrokenJsonIT extends ServiceTest {

    private static final List<String> ROUTES = List.of(
            "/v1/fine_tuning/jobs",
            "/v1/fine_tuning/estimate",
            "/v1/fine_tuning/alpha/graders/run",
            "/v1/fine_tuning/alpha/graders/validate",
            "/v1/chat/completions",
            "/v1/completions",
            "/v1/uploads",
            "/v1/webhook_endpoints");

    private static final String[] WORDS_OF_THE_PARSER = {
        "JsonToken",
        "Feature",
        "VALUE_",
        "START_",
        "END_",
        "PROPERTY_NAME",
        "fasterxml",
        "jackson",
        "java.",
        "dev.anneal",
        "(byte[])",
        "Source:",
        "REDACTED",
        "Deserial",
        "StreamRead",
        "Exception",
        "CTRL-CHAR",
        "(code "
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\": True} | the word True without quotes at line 1, column 11",
                "{\"model\": NaN} | the word NaN without quotes at line 1, column 11",
                "{'model': 'a'} | the quotation mark ', where JSON takes \\\" alone at line 1, column 2",
                "{model: 1} | a key without quotes at line 1, column 2",
                "{\"model\": 1,} | a comma before } at line 1, column 13",
                "{\"model\": 1} {} | more text behind the JSON at line 1, column 14",
                "{\"model\": \"a | an end before the JSON is complete at line 1, column 13",
                "{\"model\": \"\\q\"} | the escape \\\\q at line 1, column 13",
                "{\"model\": 1, \"model\": 2} | the key \\\"model\\\" a second time at line 1, column 21",
                "{\"model\": 007} | a number that begins with 0 at line 1, column 12",
                "{\"model\": +1} | an unexpected + at line 1, column 12",
                "model=anneal-tiny | the word model without quotes at line 1, column 1"
            })
    void brokenJsonIsToldWithItsPlace(String body, String told) {
        for (String route : ROUTES) {
            HttpResponse<String> answer = sent(ALPHA, route, body);

            assertThat(answer.statusCode()).as(route + " " + answer.body()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("\"code\":\"invalid_json\"", "not valid JSON: it holds " + told + '"')
                    .doesNotContain(WORDS_OF_THE_PARSER);
        }
    }

    @Test
    void limitsAreToldWithTheirNumbers() {
        for (String route : ROUTES) {
            assertThat(sent(ALPHA, route, "[".repeat(1_000)).body())
                    .contains("goes beyond a limit: it holds deeper nesting than the ")
                    .doesNotContain(WORDS_OF_THE_PARSER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "7",
                "\"text\"",
                "null",
                "{\"model\": [], \"messages\": 7, \"prompt\": {}, \"grader\": [1], \"training_file\": {}}",
                "{\"model\": \"anneal-tiny\", \"messages\": [7], \"prompt\": 1.5, \"training_file\": true}",
                "{\"model\": \"anneal-tiny\", \"training_file\": \"file-x\", \"hyperparameters\": [1], \"grader\": {\"type\": 7}}",
                "{\"model\": \"anneal-tiny\", \"training_file\": \"file-x\", \"method\": {\"type\": []}, \"url\": {}, \"bytes\": \"x\"}",
                "{\"model\": \"anneal-tiny\", \"training_file\": \"file-x\", \"metadata\": {\"a\": 1}, \"temperature\": \"hot\", \"max_tokens\": 1e400}",
                "{\"grader\": {\"type\": \"multi\", \"graders\": 3, \"calculate_output\": {}}, \"model_sample\": 5}"
            })
    void valuesOfTheWrongTypeAreToldWithoutNamesOfClasses(String body) {
        for (String route : ROUTES) {
            HttpResponse<String> answer = sent(ALPHA, route, body);

            assertThat(answer.statusCode()).as(route + " " + answer.body()).isBetween(400, 499);
            assertThat(answer.body()).doesNotContain(WORDS_OF_THE_PARSER);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\": True}", "{\"name\": [1]}", "[1]", "{\"name\": \"a\", \"scopes\": {\"a\": 1}}"})
    void administratorsAreToldSoToo(String body) {
        for (String route : List.of("/v1/organization/projects", "/v1/organization/admin_api_keys")) {
            HttpResponse<String> answer = sent("admin", route, body);

            assertThat(answer.statusCode()).as(route + " " + answer.body()).isEqualTo(400);
            assertThat(answer.body()).doesNotContain(WORDS_OF_THE_PARSER);
        }
    }

    private HttpResponse<String> sent(String tenant, String route, String body) {
        return send(request(tenant, route)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }
}
