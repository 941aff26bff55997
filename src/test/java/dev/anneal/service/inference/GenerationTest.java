package dev.anneal.service.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A generation that the engine says nothing of. */
class GenerationTest {

    @Test
    void oneThatTakesTooLongIsToldApart() {
        try (Generation silent = new Generation(1, Duration.ofMillis(1))) {
            assertThatThrownBy(silent::awaitAcceptance)
                    .isInstanceOfSatisfying(
                            Refusal.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.GENERATION_TIMEOUT))
                    .hasMessageContaining("anneal.inference.request-timeout");
        }
    }
}
