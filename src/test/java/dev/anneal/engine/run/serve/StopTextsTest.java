package dev.anneal.engine.run.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing of a stop text is told, however the text is cut into pieces, and everything else is. */
class StopTextsTest {

    @Test
    void textBeforeTheFirstStopIsTold() {
        for (int size = 1; size <= 12; size++) {
            StopTexts stops = new StopTexts(List.of("STOP", "END"));

            assertThat(passed(stops, "one STO two EN END three STOP", size))
                    .as("pieces of %d", size)
                    .isEqualTo("one STO two EN ");
            assertThat(stops.reached()).isTrue();
            assertThat(stops.remaining()).isEmpty();
        }
    }

    @Test
    void theBeginningOfAStopIsHeldBackUntilItIsNone() {
        StopTexts stops = new StopTexts(List.of("aab"));

        assertThat(stops.pass("xaa")).isEqualTo("x");
        assertThat(stops.pass("a")).isEqualTo("a");
        assertThat(stops.pass("c")).isEqualTo("aac");
        assertThat(stops.pass("a")).isEmpty();
        assertThat(stops.remaining()).isEqualTo("a");
    }

    @Test
    void withoutStopsEverythingPasses() {
        StopTexts stops = new StopTexts(List.of());

        assertThat(stops.pass("any")).isEqualTo("any");
        assertThat(stops.reached()).isFalse();
    }

    private static String passed(StopTexts stops, String text, int size) {
        StringBuilder told = new StringBuilder();
        for (int i = 0; i < text.length(); i += size) {
            told.append(stops.pass(text.substring(i, Math.min(text.length(), i + size))));
        }
        return told.toString();
    }
}
