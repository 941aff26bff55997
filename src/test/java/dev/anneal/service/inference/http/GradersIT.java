package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.models.finetuning.alpha.graders.GraderRunParams;
import com.openai.models.finetuning.alpha.graders.GraderRunResponse;
import com.openai.models.finetuning.alpha.graders.GraderValidateParams;
import com.openai.models.graders.gradermodels.MultiGrader;
import com.openai.models.graders.gradermodels.PythonGrader;
import com.openai.models.graders.gradermodels.StringCheckGrader;
import com.openai.models.graders.gradermodels.TextSimilarityGrader;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Graders through OpenAI's strict client, and what it cannot say. */
class GradersIT extends ServiceTest {

    private static final String RUN = "/v1/fine_tuning/alpha/graders/run";
    private static final String VALIDATE = "/v1/fine_tuning/alpha/graders/validate";

    private static final StringCheckGrader SAME = StringCheckGrader.builder()
            .name("same")
            .input("{{sample.output_text}}")
            .reference("{{item.answer}}")
            .operation(StringCheckGrader.Operation.EQ)
            .build();

    private static final TextSimilarityGrader NEAR = TextSimilarityGrader.builder()
            .name("near")
            .input("{{sample.output_text}}")
            .reference("{{item.answer}}")
            .evaluationMetric(TextSimilarityGrader.EvaluationMetric.FUZZY_MATCH)
            .build();

    private GraderRunResponse run(GraderRunParams.Builder params) {
        return openai(ALPHA)
                .fineTuning()
                .alpha()
                .graders()
                .run(params.item(JsonValue.from(Map.of("answer", "abcd"))).build())
                .validate();
    }

    @Test
    void aStringCheckIsRun() {
        GraderRunResponse same = run(GraderRunParams.builder().grader(SAME).modelSample("abcd"));
        assertThat(same.reward()).isEqualTo(1.0);
        assertThat(same.metadata().name()).isEqualTo("same");
        assertThat(same.metadata().type()).isEqualTo("string_check");
        assertThat(same.metadata().executionTime()).isBetween(0.0, 10.0);
        assertThat(same.metadata().tokenUsage()).isEmpty();
        assertThat(run(GraderRunParams.builder().grader(SAME).modelSample("")).reward())
                .isEqualTo(0.0);
    }

    @Test
    void aFormulaIsRun() {
        MultiGrader multi = MultiGrader.builder()
                .name("both")
                .graders(NEAR)
                .calculateOutput("min(1, 2 * near)")
                .build();
        GraderRunResponse response = run(GraderRunParams.builder().grader(multi).modelSample("abxy"));
        assertThat(response.reward()).isEqualTo(1.0);
        assertThat(response.subRewards()._allProperties()).containsExactly(Map.entry("near", JsonValue.from(0.5)));
        assertThat(response.metadata().scores()._allProperties()).containsOnlyKeys("near");
    }

    @Test
    void whatGoesWrongIsFlagged() {
        GraderRunResponse response = openai(ALPHA)
                .fineTuning()
                .alpha()
                .graders()
                .run(GraderRunParams.builder().grader(SAME).modelSample("a").build())
                .validate();
        assertThat(response.reward()).isEqualTo(0.0);
        assertThat(response.metadata().errors().invalidVariableError()).isTrue();
        assertThat(response.metadata().errors().otherError()).isFalse();

        JsonNode body = json(
                post(
                        ALPHA,
                        RUN,
                        "{'model_sample': 'a', 'grader': {'type': 'string_check', 'input': '{{sample.output_json.x}}', 'reference': 'a', 'operation': 'eq'}}"));
        assertThat(body.at("/metadata/errors/sample_parse_error").booleanValue())
                .isTrue();
        assertThat(body.at("/metadata/errors").propertyNames()).hasSize(14);
        assertThat(body.at("/anneal/graded").booleanValue()).isTrue();
        assertThat(body.at("/anneal/errors/0/message").stringValue())
                .isEqualTo("{{sample.output_json.x}} needs a completion that is JSON, and this one is not");
    }

    @Penetration
    @Test
    void anEndpointOfTheInsideIsNotAsked() {
        JsonNode body = json(
                post(
                        ALPHA,
                        RUN,
                        "{'model_sample': 'a', 'grader': {'type': 'endpoint', 'url': 'http://169.254.169.254/latest/meta-data'}}"));
        assertThat(body.at("/metadata/errors/unresponsive_reward_error").booleanValue())
                .isTrue();
        assertThat(body.at("/anneal/graded").booleanValue()).isFalse();
        assertThat(body.at("/anneal/errors/0/message").stringValue()).contains("anneal.outbound.allowed-addresses");
    }

    @Test
    void aGraderThatIsRightIsEchoed() {
        assertThat(openai(ALPHA)
                        .fineTuning()
                        .alpha()
                        .graders()
                        .validate(GraderValidateParams.builder().grader(NEAR).build())
                        .validate()
                        .grader()
                        .orElseThrow()
                        .asTextSimilarity())
                .isEqualTo(NEAR);
        String list = "{'grader': {'type': 'multi', 'name': 'm', 'graders': [{'type': 'string_check', 'name': 'a',"
                + " 'input': 'x', 'reference': 'y', 'operation': 'eq'}], 'calculate_output': 'a'}}";
        HttpResponse<String> answer = post(ALPHA, VALIDATE, list);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).get("anneal")).isEqualTo(JSON.readTree(list.replace('\'', '"')));
        assertThat(json(answer).get("grader").isNull())
                .as("no type of OpenAI's holds a list of graders")
                .isTrue();
    }

    @Penetration
    @Test
    void codeIsRefused() {
        PythonGrader python = PythonGrader.builder()
                .name("code")
                .source("def grade(sample, item):\n    return 1.0")
                .build();
        assertThatThrownBy(() -> openai(ALPHA)
                        .fineTuning()
                        .alpha()
                        .graders()
                        .validate(GraderValidateParams.builder().grader(python).build()))
                .isInstanceOfSatisfying(BadRequestException.class, e -> {
                    assertThat(e.code()).hasValue("grader_not_supported");
                    assertThat(e.param()).hasValue("grader.type");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | missing_parameter | grader",
                "{'grader': 'x', 'model_sample': ''} | invalid_value | grader",
                "{'grader': {'type': 'string_check', 'input': '', 'reference': '', 'operation': 'eq'}} | missing_parameter | model_sample",
                "{'grader': {'type': 'string_check', 'input': '{{x}}', 'reference': '', 'operation': 'eq'}, 'model_sample': ''} | grader_invalid | grader.input",
                "{'grader': {'type': 'string_check', 'input': '', 'reference': '', 'operation': 'eq'}, 'model_sample': '', 'sample': 1} | unknown_parameter | sample",
                "{'grader': {'type': 'string_check', 'input': '', 'reference': '', 'operation': 'eq'}, 'model_sample': '', 'item': []} | invalid_value | item"
            })
    void whatIsWrongIsNamed(String body, String code, String param) {
        HttpResponse<String> answer = post(ALPHA, RUN, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).at("/error/code").stringValue()).isEqualTo(code);
        assertThat(json(answer).at("/error/param").stringValue()).isEqualTo(param);
    }
}
