package dev.anneal.penetration;

import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Other spellings of paths, to a process with the roles api and inference. */
@TestPropertySource(properties = "anneal.roles=api,inference")
class EncodedPathsOfAllRolesIT extends EncodedPathsTest {

    @Test
    void noRouteIsServedWithAnEncodedLetter() {
        walkWithOneEncodedLetter();
    }

    @Test
    void noRouteIsServedInAnotherSpelling() {
        walkInOtherSpellings();
    }
}
