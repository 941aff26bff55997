package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.objective.TokenRows.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which keys rows see, counted by hand. */
class KeySpansTest {

    @Test
    void rowsAloneSeeTheirOwnTokens() {
        KeySpans keys = new KeySpans(TokenRows.of(List.of(new int[3], new int[5], new int[1])));

        assertThat(keys.begins()).containsExactly(0, 3, 8, 9);
        assertThat(keys.tokens()).isEmpty();
        assertThat(keys.mostQueries()).isEqualTo(5);
        assertThat(keys.mostKeys()).isEqualTo(5);
    }

    /** A beginning of two tokens that two parts continue, the second of which a third one does. */
    @Test
    void partsSeeThePrefixAndWhatTheyContinue() {
        List<Part> parts = List.of(
                new Part(new int[2], TokenRows.NOTHING),
                new Part(new int[1], 0),
                new Part(new int[2], 0),
                new Part(new int[1], 2));
        KeySpans keys = new KeySpans(TokenRows.ofParts(3, parts, List.of(1, 3)));

        assertThat(keys.begins()).containsExactly(0, 5, 11, 18, 26);
        assertThat(keys.tokens())
                .containsExactly(
                        0, 1, 2, 3, 4, // the prefix, and the beginning
                        0, 1, 2, 3, 4, 5, //
                        0, 1, 2, 3, 4, 6, 7, //
                        0, 1, 2, 3, 4, 6, 7, 8);
        assertThat(keys.mostQueries()).isEqualTo(2);
        assertThat(keys.mostKeys()).isEqualTo(8);
        assertThat(keys.copies()).isEqualTo(26 / 9.0);
    }

    @Test
    void rowsBehindAPrefixSeeItToo() {
        KeySpans keys = new KeySpans(TokenRows.ofParts(
                2,
                List.of(new Part(new int[1], TokenRows.NOTHING), new Part(new int[2], TokenRows.NOTHING)),
                List.of(0, 1)));

        assertThat(keys.begins()).containsExactly(0, 3, 7);
        assertThat(keys.tokens()).containsExactly(0, 1, 2, 0, 1, 3, 4);
    }
}
