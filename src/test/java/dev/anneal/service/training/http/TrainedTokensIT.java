package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/**
 * A dry run counts the tokens of the trained messages, and of no other, whatever the model's chat template does with
 * them. #17
 */
@TestPropertySource(properties = "anneal.models.dir=target/test-${anneal.test.fork:1}/templated-models")
class TrainedTokensIT extends ServiceTest {

    private static final Path BUNDLED = Path.of("src/main/resources/models/anneal-tiny");
    private static final String USER = "{'role': 'user', 'content': 'Sort: pear apple'}";
    private static final String ANSWER = "{'role': 'assistant', 'content': 'apple pear'%s}";

    @Value("${anneal.models.dir}")
    @SuppressWarnings("NullAway.Init") // set by Spring
    private Path models;

    private void model(String name, String template) throws IOException {
        Path folder = Files.createDirectories(models.resolve(name));
        for (String file : List.of(
                "config.json",
                "generation_config.json",
                "model.safetensors",
                "tokenizer.json",
                "tokenizer_config.json")) {
            Files.write(folder.resolve(file), Files.readAllBytes(BUNDLED.resolve(file)));
        }
        Files.writeString(folder.resolve("chat_template.jinja"), template);
    }

    private static String row(String... messages) {
        return "{\"messages\": [" + String.join(", ", messages).replace('\'', '"') + "]}\n";
    }

    private JsonNode report(String model, String rows) {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, rows);
        String body = "{'model': '" + model + "', 'training_file': '" + file + "'}";
        return awaitValue(
                        () -> json(post(ALPHA, "/v1/fine_tuning/estimate", body)),
                        estimate -> estimate.path("complete").booleanValue())
                .path("token_report");
    }

    private long trained(String model, String... messages) {
        JsonNode report = report(model, row(messages).repeat(10));
        assertThat(report.path("rows").intValue()).isEqualTo(10);
        return report.path("trained_tokens").longValue() / 10;
    }

    @Test
    void messagesOfWeightZeroAreNotCountedWhereTheTemplateMarksAnEndOfItsOwn() throws IOException {
        model(
                "phi-like",
                "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}"
                        + "{% else %}{{ m.content + '<|im_end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
                        + "{% elif messages[-1].role == 'assistant' %}{% generation %}<|endoftext|>{% endgeneration %}{% else %}<|endoftext|>{% endif %}");
        String trained = ANSWER.formatted("");
        String untrained = ANSWER.formatted(", 'weight': 0");
        long alone = trained("phi-like", USER, trained);

        assertThat(trained("phi-like", USER, trained, USER, untrained)).isEqualTo(alone - 1);
        assertThat(trained("phi-like", USER, untrained, USER, trained)).isEqualTo(alone);
        assertThat(trained("phi-like", USER, trained, USER, trained)).isEqualTo(2 * alone - 1);
    }

    @Test
    void resultsOfToolsAreNotCountedWhereCallsEndWithAnotherToken() throws IOException {
        model(
                "calls-end-otherwise",
                "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + (m.content or '') }}{% for call in m.tool_calls or [] %}{{ call.function | tojson }}{% endfor %}"
                        + "{{ '<|pad|>' if m.tool_calls else '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}");
        String call =
                "{'role': 'assistant', 'content': null, 'tool_calls': [{'type': 'function', 'function': {'name': 'sort', 'arguments': '{}'}}]}";
        long alone = trained("calls-end-otherwise", USER, call);

        assertThat(trained("calls-end-otherwise", USER, call, "{'role': 'tool', 'content': 'apple, then pear'}"))
                .isEqualTo(alone);
        assertThat(trained("calls-end-otherwise", USER, ANSWER.formatted(""))).isLessThan(alone);
    }

    @Test
    void answersThatAreWrittenDifferentlyLaterAreRefusedByName() throws IOException {
        model(
                "drops-reasoning",
                "{% for m in messages %}{{ '<|im_start|>' + m.role }}{% if m.role == 'assistant' %}{{ '\\n<think>' + (m.reasoning_content if loop.last and m.reasoning_content else '') + '</think>' }}"
                        + "{% endif %}{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant{% endif %}");
        String thought = ANSWER.formatted(", 'reasoning_content': 'a before p'");

        JsonNode report = report("drops-reasoning", row(USER, thought).repeat(10) + row(USER, thought, USER, thought));

        assertThat(report.path("rows").intValue()).isEqualTo(10);
        assertThat(report.path("dropped").path("unclear_template").intValue()).isEqualTo(1);
        assertThat(report.path("first_problems").path(0).path("path").stringValue())
                .isEqualTo("$.messages[1]");
        assertThat(report.path("first_problems").path(0).path("found").stringValue())
                .contains("differently once others follow");
    }
}
