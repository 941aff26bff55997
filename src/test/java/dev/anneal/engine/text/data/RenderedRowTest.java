package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.Rows;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows are refused where labels would be wrong, and only there. #17 */
class RenderedRowTest {

    private static final String USER = "{'role': 'user', 'content': 'question'}";
    private static final String CALL =
            "{'role': 'assistant', 'content': 'Let me look', 'tool_calls': [{'type': 'function', 'function': {'name': 'look', 'arguments': '%s'}}]}";

    /** Llama 3.1's manner: a message that calls shows its calls alone. */
    private static final String CALLS_ALONE = "{% for m in messages %}{{ '<|start|>' + m.role + '\\n' }}"
            + "{% if 'tool_calls' in m %}WRITTEN{% else %}{{ m.content }}{% endif %}<|im_end|>{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}";

    private static final String SHOWN =
            CALLS_ALONE.replace("WRITTEN", "{% for call in m.tool_calls %}{{ call.function | tojson }}{% endfor %}");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\\\"n\\\": 3}", "{\\\"city\\\": \\\"Paris\\\"}"})
    void aCallThatIsShownInsteadOfTheContentIsTrained(String arguments) throws IOException {
        try (TemplatedModel model = TemplatedModel.write(folder, SHOWN, "<|start|>")) {
            String call = CALL.formatted(arguments);
            String shown = "{\"name\": \"look\", \"arguments\": %s}<|im_end|>".formatted(arguments.replace("\\", ""));
            String result = "{'role': 'tool', 'content': 'sunny'}";
            assertThat(model.trained(Rows.ofMessages(USER, call))).containsExactly(shown);
            assertThat(model.trained(Rows.ofMessages(USER, call, result, USER, call)))
                    .containsExactly(shown, shown);
        }
    }

    @Test
    void aCallOfWhichNothingIsShownIsNotTrainedAsSilence() throws IOException {
        try (TemplatedModel model = TemplatedModel.write(folder, CALLS_ALONE.replace("WRITTEN", ""), "<|start|>")) {
            RowProblem problem = model.refused(Rows.ofMessages(USER, CALL.formatted("{}")));
            assertThat(problem.reason()).isEqualTo(RowFault.UNCLEAR_TEMPLATE);
            assertThat(problem.found()).isEqualTo("nothing of it in the rendered conversation");
        }
    }
}
