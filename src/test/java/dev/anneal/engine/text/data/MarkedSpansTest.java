package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.Rows;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A template's {@code {% generation %}} blocks are of the messages that stand in them, also where texts are shown in
 * part or changed. #17
 */
class MarkedSpansTest {

    private static final String USER = "{'role': 'user', 'content': 'question'}";
    private static final String FIRST = "{'role': 'assistant', 'content': 'first answer'}";
    private static final String LAST = "{'role': 'assistant', 'content': 'last answer', 'weight': 0}";

    private static final String TURNS = "{% for m in messages %}{{ '<|start|>' + m.role }}"
            + "{% if m.role == 'assistant' %}{% generation %}{{ ANSWER }}{% endgeneration %}<|im_end|>"
            + "{% else %}{{ OTHER }}<|im_end|>{% endif %}{% endfor %}";

    @TempDir
    Path folder;

    private static String turns(String answer, String other) {
        return TURNS.replace("ANSWER", answer).replace("OTHER", other);
    }

    /** SmolLM3 takes a switch out of the system message, which a cursor behind it hides. */
    @Test
    void aSystemMessageThatIsChangedRefusesNothing() throws IOException {
        String template = turns("m.content", "m.content.removesuffix('/no_think')");
        String system = "{'role': 'system', 'content': 'be brief/no_think'}";
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            assertThat(model.trained(Rows.ofMessages(system, USER, FIRST, USER, LAST)))
                    .containsExactly("first answer");
            assertThat(model.trained(Rows.ofMessages(system, USER, LAST, USER, FIRST)))
                    .containsExactly("first answer");
        }
    }

    @Test
    void anAnswerWithoutItsBeginningIsTrained() throws IOException {
        String template = turns("m.content.split('</think>')[-1]", "m.content");
        String thought = FIRST.replace("first answer", "<think>reason</think>first answer");
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            assertThat(model.trained(Rows.ofMessages(USER, thought, USER, LAST)))
                    .containsExactly("first answer");
            assertThat(model.trained(Rows.ofMessages(USER, LAST, USER, thought)))
                    .containsExactly("first answer");
        }
    }

    @Test
    void anAnswerWithoutItsEndIsTrained() throws IOException {
        String template = turns("m.content.split('<sources>')[0]", "m.content");
        String sourced = FIRST.replace("first answer", "first answer<sources>a</sources>");
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            assertThat(model.trained(Rows.ofMessages(USER, sourced, USER, LAST)))
                    .containsExactly("first answer");
        }
    }

    /** A question that is read cannot be found, so that a block in its place may hold it. */
    @Test
    void aBlockWhereAMessageMayStandThatIsNotFoundIsRefused() throws IOException {
        String template = "{% for m in messages %}{{ '<|start|>' + m.role }}{% generation %}"
                + "{{ m.content if m.role == 'assistant' else m.content.removesuffix('?') }}{% endgeneration %}<|im_end|>{% endfor %}";
        String asked = "{'role': 'user', 'content': 'question?'}";
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            RowProblem problem = model.refused(Rows.ofMessages(asked, FIRST));
            assertThat(problem.reason()).isEqualTo(RowFault.UNCLEAR_TEMPLATE);
            assertThat(problem.path()).isEqualTo("$.messages[0]");
            assertThat(problem.found()).contains("{% generation %} block");
        }
    }

    @Test
    void theEndOfAMessageOfAnotherRoleIsNotTrained() throws IOException {
        String template = "{% for m in messages %}{{ '<|start|>' + m.role }}{% generation %}"
                + "{{ m.content if m.role == 'assistant' else m.content.split('#')[-1] }}{% endgeneration %}<|im_end|>{% endfor %}";
        String tagged = "{'role': 'user', 'content': 'topic#question'}";
        try (TemplatedModel model = TemplatedModel.write(folder, template, "<|start|>")) {
            assertThat(model.refused(Rows.ofMessages(tagged, FIRST)).path()).isEqualTo("$.messages[0]");
        }
    }
}
