package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Beta equals the reference's float64 values; 0 and 1 are exact. */
class AnnealingScheduleTest {

    @Test
    void betaIsThatOfTheReference() throws IOException {
        int compared = 0;
        for (JsonNode expected : golden("beta.json")) {
            AnnealingSchedule schedule = AnnealingSchedule.of(
                    expected.path("shape").asString(),
                    expected.path("start").asDouble(),
                    expected.path("end").asDouble());
            int total = expected.path("total").asInt();
            for (int step = 0; step < total; step++) {
                double beta = expected.path("beta").path(step).asDouble();
                assertThat(schedule.betaAt(step, total))
                        .as("%s at %d of %d", schedule, step, total)
                        .isCloseTo(beta, within(beta == 0 || beta == 1 ? 0 : 1e-12));
                compared++;
            }
            assertThat(schedule.betaAt(total, total)).isZero();
        }
        assertThat(compared).isGreaterThan(500);
    }

    @Test
    void aStepIsOneUntilItsEndWhateverItsStart() {
        AnnealingSchedule schedule = AnnealingSchedule.of("step", 0.1, 0.5);

        assertThat(schedule.betaAt(4, 10)).isEqualTo(1);
        assertThat(schedule.betaAt(5, 10)).isZero();
    }

    @Test
    void badSettingsAreNamedWithTheirValue() {
        assertThatThrownBy(() -> AnnealingSchedule.of("sine", 0, 1))
                .isInstanceOf(AdapterConfigException.class)
                .hasMessage("schedule.shape must be one of linear, cosine, step, was 'sine'");
        assertThatThrownBy(() -> AnnealingSchedule.of("linear", 0.8, 0.2))
                .isInstanceOf(AdapterConfigException.class)
                .hasMessage("schedule.end must lie between schedule.start (0.8) and 1, was 0.2");
        assertThatThrownBy(() -> AnnealingSchedule.of("linear", Double.NaN, 0.2))
                .isInstanceOf(AdapterConfigException.class)
                .hasMessage("schedule.start must be a share of the steps from 0 to 1, was NaN");
    }

    private static JsonNode golden(String name) throws IOException {
        try (InputStream in = AnnealingScheduleTest.class.getResourceAsStream("/golden/schedules/" + name)) {
            return new JsonMapper().readTree(in);
        }
    }
}
