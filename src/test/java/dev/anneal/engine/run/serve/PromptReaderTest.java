package dev.anneal.engine.run.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.ServeRequest.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What of a prompt the model reads beside its own tokens. */
class PromptReaderTest {

    private static final Path MODEL = Path.of("src/main/resources/models/anneal-tiny");
    private static final ModelTokenizer TOKENIZER = ModelTokenizer.open(MODEL);
    private static final Instant NOW = Instant.parse("2026-03-05T07:08:09Z");
    private static final int BEGIN = 0;

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void aTextBeginsAsTheTokenizerBeginsTexts() throws IOException {
        int[] plain = reader(null).read(new Input.Text("one two"), NOW).tokens();
        int[] begun = reader(BEGIN).read(new Input.Text("one two"), NOW).tokens();

        assertThat(begun)
                .isEqualTo(IntStream.concat(IntStream.of(BEGIN), IntStream.of(plain))
                        .toArray());
        String written = TOKENIZER.decode(new int[] {BEGIN}, false) + "one two";
        assertThat(reader(BEGIN).read(new Input.Text(written), NOW).tokens()).isEqualTo(begun);
    }

    @Test
    void tokensAreTakenAsTheyAre() throws IOException {
        assertThat(reader(BEGIN).read(new Input.Tokens(List.of(7, 8)), NOW).tokens())
                .containsExactly(7, 8);
    }

    private static PromptReader reader(@Nullable Integer begin) throws IOException {
        return new PromptReader(TOKENIZER, ModelConfig.read(MODEL.resolve("config.json")), begin);
    }
}
