package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trained is what the trained messages say, whole, and nothing of any other message; a row of which that cannot be said
 * is refused. #17
 */
class RowEncoderTest {

    private static final String USER = "{'role': 'user', 'content': 'question'}";
    private static final String FIRST = "{'role': 'assistant', 'content': 'first answer'}";
    private static final String LAST = "{'role': 'assistant', 'content': 'last answer'}";

    /** TRL's Phi-3 writes the end of text behind the last message, in a block of its own if the assistant says it. */
    private static final String PHI = "{% for m in messages %}{{ '<|' + m.role + '|>' }}"
            + "{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|end|>' }}{% endgeneration %}"
            + "{% else %}{{ m.content + '<|end|>' }}{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}<|assistant|>{% elif messages[-1].role == 'assistant' %}"
            + "{% generation %}{{ bos_token }}{% endgeneration %}{% else %}{{ bos_token }}{% endif %}";

    /** Llama 3's manner: calls end with another token than messages do. */
    private static final String CALLS = "{% for m in messages %}{{ '<|start|>' + m.role + '\\n' + (m.content or '') }}"
            + "{% for call in m.tool_calls or [] %}{{ call.function | tojson }}{% endfor %}"
            + "{{ '<|eom|>' if m.tool_calls else '<|im_end|>' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}";

    private static final String CALL =
            "{'role': 'assistant', 'content': null, 'tool_calls': [{'type': 'function', 'function': {'name': 'add', 'arguments': '{}'}}]}";

    /** Reasoning is shown behind the last question alone. */
    private static final String REASONING = "{% set last = namespace(user=0) %}"
            + "{% for m in messages %}{% if m.role == 'user' %}{% set last.user = loop.index0 %}{% endif %}{% endfor %}"
            + "{% for m in messages %}{% if m.role == 'user' %}{{ '<|user|>' + m.content }}{% else %}"
            + "{{ '<|assistant|>\\n<think>' + ((m.reasoning_content or '') if loop.index0 > last.user else '') + '</think>\\n' + m.content }}"
            + "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private static final String[] PHI_TOKENS = {"<|user|>", "<|assistant|>", "<|end|>"};

    @TempDir
    Path folder;

    private static String untrained(String message) {
        return message.replaceFirst("\\}$", ", 'weight': 0}");
    }

    @Test
    void marksAreOfTheMessageThatStandsInThem() throws IOException {
        try (TemplatedModel model = TemplatedModel.write(folder, PHI, PHI_TOKENS)) {
            assertThat(model.trained(Rows.ofMessages(USER, FIRST, USER, LAST)))
                    .containsExactly("first answer<|end|>", "last answer<|end|><|endoftext|>");
            assertThat(model.trained(Rows.ofMessages(USER, FIRST, USER, untrained(LAST))))
                    .containsExactly("first answer<|end|>");
            assertThat(model.trained(Rows.ofMessages(USER, untrained(FIRST), USER, LAST)))
                    .containsExactly("last answer<|end|><|endoftext|>");
        }
    }

    @Test
    void marksThatMayBeOfEitherMessageAreRefused() throws IOException {
        String nothing = "{'role': 'assistant', 'content': ''}";
        try (TemplatedModel model = TemplatedModel.write(folder, PHI, PHI_TOKENS)) {
            RowProblem problem = refused(model, Rows.ofMessages(USER, nothing, untrained(nothing), USER, LAST));
            assertThat(problem.path()).isEqualTo("$.messages[1]");
            assertThat(problem.found())
                    .contains("{% generation %} block that may be of this message or of one with weight 0");
        }
    }

    @Test
    void aCallThatEndsWithATokenOfItsOwnEndsThere() throws IOException {
        String result = "{'role': 'tool', 'content': 'forty-two'}";
        String call = "{\"name\": \"add\", \"arguments\": {}}<|eom|>";
        try (TemplatedModel model = TemplatedModel.write(folder, CALLS, "<|start|>", "<|eom|>")) {
            assertThat(model.trained(Rows.ofMessages(USER, CALL, result))).containsExactly(call);
            assertThat(model.trained(Rows.ofMessages(USER, CALL, result, LAST)))
                    .containsExactly(call, "last answer<|im_end|>");
            assertThat(model.trained(Rows.ofMessages(USER, untrained(CALL), result, LAST)))
                    .containsExactly("last answer<|im_end|>");
        }
    }

    @Test
    void aResultWithinTheMessageThatAsksForItIsRefused() throws IOException {
        String template =
                "{% for m in messages %}{% if m.role == 'user' %}{{ '<|start|>user\\n' + m.content + '<|im_end|>' }}"
                        + "{% elif m.role == 'assistant' %}{{ '<|start|>assistant\\n' }}{% for call in m.tool_calls or [] %}{{ call.function.arguments | tojson }}"
                        + "{{ messages[loop.index0 + 2].content if messages | length > 2 }}{% endfor %}{{ (m.content or '') + '<|im_end|>' }}{% endif %}{% endfor %}"
                        + "{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}";
        String call =
                "{\"role\": \"assistant\", \"content\": \"after\", \"tool_calls\": [{\"type\": \"function\", \"function\": {\"name\": \"add\", \"arguments\": \"{\\\"a\\\": \\\"x\\\"}\"}}]}";
        String row = "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, " + call
                + ", {\"role\": \"tool\", \"content\": \"forty-two\"}]}";
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            RowProblem problem = refused(model, row);
            assertThat(problem.path()).isEqualTo("$.messages[2]");
            assertThat(problem.found()).isEqualTo("its text among the trained text of another message");
        }
    }

    @Test
    void anAnswerWhoseReasoningIsDroppedLaterIsNotCutToItsHeader() throws IOException {
        String thought = FIRST.replace("}", ", 'reasoning_content': 'so'}");
        try (TemplatedModel model = TemplatedModel.write(folder, REASONING, PHI_TOKENS)) {
            RowProblem problem = refused(model, Rows.ofMessages(USER, thought, USER, LAST));
            assertThat(problem.path()).isEqualTo("$.messages[1]");
            assertThat(problem.found()).contains("differently once others follow");
            assertThat(model.trained(Rows.ofMessages(USER, untrained(thought), USER, LAST)))
                    .containsExactly("\n<think></think>\nlast answer");
            assertThat(model.trained(Rows.ofMessages(USER, FIRST, USER, thought)))
                    .containsExactly("\n<think></think>\nfirst answer", "\n<think>so</think>\nfirst answer");
        }
    }

    @Test
    void aMessageThatIsNotShownIsNotTrainedAsSilence() throws IOException {
        String parts =
                "{% for m in messages %}{{ '<|start|>' + m.role }}{% for part in m.content %}{{ part.text }}{% endfor %}<|im_end|>{% endfor %}"
                        + "{% if add_generation_prompt %}<|start|>assistant{% endif %}";
        try (TemplatedModel model = TemplatedModel.write(folder, parts, "<|start|>")) {
            assertThat(refused(model, Rows.ofMessages(USER, FIRST)).found())
                    .isEqualTo("nothing of it in the rendered conversation");
        }
    }

    /** What differs between the last message and the others is not a reason to train less, or more, of the others. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "another end for the last; {{ m.content + ('<|im_end|>' if loop.last and m.role == 'assistant' and not add_generation_prompt else '<|end|>') }}{% endfor %}; <|end|>",
                "more behind the last; {{ m.content + '<|end|>' }}{% endfor %}{{ '' if add_generation_prompt else '<|im_end|>' }}; <|end|>",
                "no end at all; {{ m.content }}{% endfor %}; ``",
            })
    void earlierAnswersAreWhole(String what, String written, String end) throws IOException {
        String template = "{% for m in messages %}{{ '<|' + m.role + '|>' }}" + written
                + "{% if add_generation_prompt %}<|assistant|>{% endif %}";
        try (TemplatedModel model = TemplatedModel.write(folder, template, PHI_TOKENS)) {
            List<String> trained = model.trained(Rows.ofMessages(USER, FIRST, USER, LAST));
            assertThat(trained).as(what).hasSize(2);
            assertThat(trained.get(0)).isEqualTo("first answer" + end);
        }
    }

    private static RowProblem refused(TemplatedModel model, String row) throws IOException {
        EncodedDataset<EncodedRow> encoded = model.encode(row);
        assertThat(encoded.rows()).isEmpty();
        RowProblem problem = encoded.report().firstProblems().get(0);
        assertThat(problem.reason()).isEqualTo(RowFault.UNCLEAR_TEMPLATE);
        return problem;
    }
}
