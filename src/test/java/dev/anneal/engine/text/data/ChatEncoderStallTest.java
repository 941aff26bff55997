package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.template.StallingTemplate;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rendering that comes to a stand says at which row. */
class ChatEncoderStallTest {

    @Test
    void theRowIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), Rows.good(1));
        StallingTemplate stalling = new StallingTemplate();
        ChatTemplate template = stalling.compile("{% for m in messages %}{{ m.content }}{% endfor %}");
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Golden.folder("/golden/tokenizer"))) {
            ChatEncoder encoder = ChatEncoder.of(tokenizer, template, template);
            stalling.stall();

            assertThatExceptionOfType(StalledRenderingException.class)
                    .isThrownBy(() -> encoder.reports(file, List.of(64)).get(0))
                    .withMessageStartingWith("line 1: rendering with the model's chat template");
        }
    }
}
