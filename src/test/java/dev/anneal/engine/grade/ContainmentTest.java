package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches for texts in texts. */
class ContainmentTest {

    @ParameterizedTest
    @CsvSource({"'', '', true", "a, '', true", "'', a, false", "aaab, aab, true", "abab, abac, false", "ab, abc, false"
    })
    void findsWhatIsContained(String text, String wanted, boolean isContained) {
        assertThat(Containment.contains(text, wanted)).isEqualTo(isContained);
    }

    @Test
    void findsWhatTheJdkFinds() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String text = text(random, 24);
            String wanted = text(random, 6);
            assertThat(Containment.contains(text, wanted))
                    .as("'%s' in '%s'", wanted, text)
                    .isEqualTo(text.contains(wanted));
        }
    }

    /** Of two letters, so that many of its parts repeat. */
    private static String text(Random random, int longest) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(longest + 1); left > 0; left--) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        return text.toString();
    }
}
