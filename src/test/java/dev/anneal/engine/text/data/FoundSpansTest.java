package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers are found where a template writes them otherwise once others follow, as far as it shows them. #17 */
class FoundSpansTest {

    private static final String USER = "{'role': 'user', 'content': 'question'}";
    private static final String RESULT = "{'role': 'user', 'content': '<tool_response>sunny</tool_response>'}";
    private static final String TOOL = "{'role': 'tool', 'content': 'sunny'}";
    private static final String ANSWER = "{'role': 'assistant', 'content': 'answer'}";
    private static final String THOUGHT = "{'role': 'assistant', 'content': 'thoughtful', 'reasoning_content': 'so'}";
    private static final String CALL =
            "{'role': 'assistant', 'content': '', %s'tool_calls': [{'type': 'function', 'function': {'name': 'look', 'arguments': '{}'}}]}";

    /** Qwen3's manner: reasoning is shown behind the last question alone, and results of tools are no questions. */
    private static final String QWEN = "{% set last = namespace(user=0) %}{% for m in messages %}"
            + "{% if m.role == 'user' and not m.content.startswith('<tool_response>') %}{% set last.user = loop.index0 %}{% endif %}{% endfor %}"
            + "{% for m in messages %}{{ '<|start|>' + ('user' if m.role == 'tool' else m.role) + '\\n' }}"
            + "{% if m.reasoning_content and loop.index0 > last.user %}{{ '<think>' + m.reasoning_content + '</think>' }}{% endif %}"
            + "{{ m.content }}{% for call in m.tool_calls or [] %}{{ '\\n<call>' + (call.function | tojson) + '</call>' }}{% endfor %}"
            + "<|im_end|>{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}";

    private static final String SHOWN = "\n<call>{\"name\": \"look\", \"arguments\": {}}</call><|im_end|>";

    @TempDir
    Path folder;

    @Test
    void aMessageThatIsNotFoundElsewhereRefusesNoEarlierAnswer() throws IOException {
        try (TemplatedModel model = TemplatedModel.write(folder, QWEN, "<|start|>")) {
            assertThat(model.trained(Rows.ofMessages(USER, THOUGHT, USER, THOUGHT, RESULT, ANSWER)))
                    .containsExactly(
                            "thoughtful<|im_end|>", "<think>so</think>thoughtful<|im_end|>", "answer<|im_end|>");
        }
    }

    @Test
    void anEndBeforeAMessageThatIsNotFoundIsRefused() throws IOException {
        String changed = QWEN.replace("{{ m.content }}", "{{ m.content.removesuffix('?') }}");
        String asked = USER.replace("question", "question?");
        try (TemplatedModel model = TemplatedModel.write(folder, changed, "<|start|>")) {
            RowProblem problem = model.refused(Rows.ofMessages(USER, THOUGHT, asked, ANSWER));
            assertThat(problem.reason()).isEqualTo(RowFault.UNCLEAR_TEMPLATE);
            assertThat(problem.path()).isEqualTo("$.messages[1]");
        }
    }

    @Test
    void aCallWithoutTextsStandsBehindItsHeader() throws IOException {
        String thoughtful = CALL.formatted("'reasoning_content': 'so', ");
        try (TemplatedModel model = TemplatedModel.write(folder, QWEN, "<|start|>")) {
            assertThat(model.trained(
                            Rows.ofMessages(USER, thoughtful, TOOL, CALL.formatted(""), TOOL, ANSWER, USER, ANSWER)))
                    .containsExactly(SHOWN, SHOWN, "answer<|im_end|>", "answer<|im_end|>");
        }
    }

    /** Distilled models of R1 are asked behind the beginning of their reasoning, which their template then drops. */
    @Test
    void droppedReasoningIsSaidToBeTheReason() throws IOException {
        String template =
                "{% for m in messages %}{{ '<|start|>' + m.role + m.content.split('</think>')[-1] + '<|im_end|>' }}"
                        + "{% endfor %}{% if add_generation_prompt %}{{ '<|start|>assistant<think>\\n' }}{% endif %}";
        String thought = ANSWER.replace("answer", "<think>so</think>answer");
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            RowProblem problem = model.refused(Rows.ofMessages(USER, thought));
            assertThat(problem.found())
                    .isEqualTo("only its end: the template leaves out its beginning, as its reasoning");
            assertThat(problem.expected()).isEqualTo("a message whose place the base model's chat template shows");
            assertThat(problem.remedy())
                    .isEqualTo(
                            "set weight 0 on it, which leaves it out of what is trained, or choose a base model whose template shows it whole or marks assistant text by {% generation %}");
        }
    }

    @Test
    void callsBehindTheLastTextAreTrainedWhole() throws IOException {
        String call = CALL.formatted("");
        String part = call.substring(call.indexOf("[{") + 1, call.indexOf("}]") + 1);
        String many = call.replace(part, String.join(", ", Collections.nCopies(3, part)));
        try (TemplatedModel model = TemplatedModel.write(folder, QWEN, "<|start|>")) {
            assertThat(model.trained(Rows.ofMessages(USER, many, TOOL, ANSWER)).get(0))
                    .isEqualTo(SHOWN.replace("<|im_end|>", "").repeat(3) + "<|im_end|>");
        }
    }
}
