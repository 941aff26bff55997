package dev.anneal.engine.export.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A proof asks what the model can be asked, and something in any case. */
class ProbePromptsTest {

    private static final Path BASE = Path.of("src/main/resources/models/anneal-tiny");
    private static final String NO_SYSTEM =
            "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system message') }}{% endif %}{{ m.content }}{% endfor %}";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void rowsThatTheTemplateRefusesAreLeftOut() throws IOException {
        assertThat(encode(NO_SYSTEM)).hasSize(9);
    }

    @Test
    void templateThatRefusesEverythingIsNamed() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> encode("{{ raise_exception('never') }}"))
                .withMessageContaining("never (line 1 of the template)");
    }

    private List<int[]> encode(String template) throws IOException {
        for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(BASE.resolve(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve("chat_template.jinja"), template);
        String answer = "{\"role\": \"assistant\", \"content\": \"a\"}]}";
        Path rows = Files.write(
                folder.resolve("rows.jsonl"),
                List.of(
                        "{\"messages\": [{\"role\": \"system\", \"content\": \"s\"}, " + answer,
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, " + answer));
        try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
            return ProbePrompts.encode(ChatEncoder.of(tokenizer, Instant.EPOCH), rows);
        }
    }
}
