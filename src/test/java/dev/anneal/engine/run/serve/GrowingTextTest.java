package dev.anneal.engine.run.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * The parts of a text are told as soon as their characters are whole, and together they are what the tokenizer makes of
 * all tokens.
 */
class GrowingTextTest {

    private static final ModelTokenizer TOKENIZER =
            ModelTokenizer.open(Path.of("src/main/resources/models/anneal-tiny"));

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void charactersOfSeveralTokensAreToldWhole() {
        String text = "Größe: 12 € 👩‍🚀 über 日本語.";
        int[] ids = TOKENIZER.encode(text);

        List<String> parts = parts(ids);

        assertThat(ids.length).isGreaterThan(text.length() / 2);
        assertThat(String.join("", parts)).isEqualTo(text);
        assertThat(parts).noneMatch(part -> part.contains("\uFFFD"));
    }

    @Test
    void aCharacterThatIsCutOffIsToldAtTheEnd() {
        int[] ids = TOKENIZER.encode("ab 日");
        int[] cut = Arrays.copyOf(ids, ids.length - 1);

        assertThat(String.join("", parts(cut))).isEqualTo(TOKENIZER.decode(cut, true));
        assertThat(TOKENIZER.decode(cut, true)).endsWith("\uFFFD");
    }

    private static List<String> parts(int[] ids) {
        GrowingText growing = new GrowingText(TOKENIZER);
        List<String> parts = new ArrayList<>();
        for (int id : ids) {
            parts.add(growing.add(id));
        }
        parts.add(growing.remaining());
        return parts;
    }
}
