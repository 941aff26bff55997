package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Other spellings of paths, to a process with the role inference alone. */
@TestPropertySource(properties = "anneal.roles=inference")
class EncodedPathsOfGenerationIT extends EncodedPathsTest {

    @Test
    void noRouteIsServedWithAnEncodedLetter() {
        walkWithOneEncodedLetter();
    }

    @Test
    void noRouteIsServedInAnotherSpelling() {
        walkInOtherSpellings();
    }

    /** Generation is all that this process serves. */
    @AfterEach
    @Override
    void othersAreServed() {
        assertThat(post(BETA, "/v1/completions", "{'model': 'absent', 'prompt': 'Hi'}")
                        .body())
                .contains("model_not_found");
    }
}
