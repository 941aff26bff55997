package dev.anneal.engine.text.spelling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One rule says which name is meant by a misspelt one. */
class SpellingTest {

    private static final List<String> KNOWN = List.of("id", "weight", "training_file", "validation_file", "messages");

    @ParameterizedTest
    @CsvSource({
        "wieght, weight",
        "Weight, weight",
        "weigth, weight",
        "trainingFile, training_file",
        "training_files, training_file",
        "mesages, messages",
        "validaton_file, validation_file",
        "height, weight",
        "n,",
        "it,",
        "seed,",
        "model,",
    })
    void theNearestNameIsMeant(String name, String meant) {
        assertThat(Spelling.nearest(name, KNOWN)).isEqualTo(java.util.Optional.ofNullable(meant));
    }

    @Test
    void theMostAlikeComesFirst() {
        assertThat(Spelling.nearest("lease", List.of("leash", "please", "lease-time", "Lease"), 2))
                .containsExactly("Lease", "leash");
    }

    @Test
    void aGuessIsASentence() {
        assertThat(Spelling.didYouMean("wieght", KNOWN)).isEqualTo(" Did you mean 'weight'?");
        assertThat(Spelling.didYouMean("seed", KNOWN)).isEmpty();
    }

    /** The work of a comparison grows with the product of the lengths. */
    @Test
    void longNamesAreNotCompared() {
        String name = "a".repeat(257);

        assertThat(Spelling.nearest(name, List.of(name))).isEmpty();
        assertThat(Spelling.nearest(name.substring(1), List.of("a".repeat(255))))
                .isPresent();
    }
}
