package dev.anneal.engine.text.template.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Searching in linear time finds what {@link String} finds. */
class TextSearchTest {

    private final Random random = new Random(1);

    @Test
    void findsWhatStringFinds() {
        for (int i = 0; i < 300; i++) {
            String text = abText(3_000 + random.nextInt(3_000));
            String wanted = wanted(text);
            int from = random.nextInt(text.length());
            assertThat(TextSearch.indexOf(text, wanted, from, new Budget())).isEqualTo(text.indexOf(wanted, from));
        }
    }

    /** Long enough for the linear search; half of them are in the text, the others differ in their last letter. */
    private String wanted(String text) {
        int start = random.nextInt(text.length() - 200);
        String part = text.substring(start, start + 100 + random.nextInt(100));
        return random.nextBoolean() ? part : part + "c";
    }

    private String abText(int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(random.nextInt(30) == 0 ? "b" : "a");
        }
        return text.toString();
    }
}
