package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.Rows;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors stand where templates, which are Python's, strip nothing. #17 */
class CursorsTest {

    /** Trims, as Llama 3's and Gemma's templates do. */
    private static final String TRIMMED = "{% for m in messages %}{{ '<|start|>' + m.role }}"
            + "{% if m.role == 'assistant' %}{% generation %}{{ m.content | trim + '<|im_end|>' }}{% endgeneration %}"
            + "{% else %}{{ m.content | trim + '<|im_end|>' }}{% endif %}{% endfor %}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(chars = {' ', '\n', 0x85, 0xa0, 0x2007, 0x202f, 0x3000})
    void textsInAnyWhiteSpaceAreLocated(char space) throws IOException {
        String first = message("assistant", space, "first", "");
        String last = message("assistant", space, "last", ", 'weight': 0");
        String user = message("user", space, "question", "");
        try (TemplatedModel model = TemplatedModel.write(folder, TRIMMED, "<|start|>")) {
            assertThat(model.trained(Rows.ofMessages(user, first, user, last))).containsExactly("first<|im_end|>");
        }
    }

    private static String message(String role, char space, String word, String more) {
        String escape = "\\u%04x".formatted((int) space);
        return "{'role': '%s', 'content': '%s%s%s'%s}".formatted(role, escape, word, escape, more);
    }
}
