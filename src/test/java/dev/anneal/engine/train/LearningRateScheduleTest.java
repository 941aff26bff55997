package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Learning-rate factors equal those of transformers' schedulers in float64. */
class LearningRateScheduleTest {

    @Test
    void factorsAreThoseOfTransformers() throws IOException {
        JsonNode cases = new JsonMapper().readTree(Files.readString(GoldenTensors.path("schedules/lr.json")));
        assertThat(cases.size()).isEqualTo(12);
        for (JsonNode expected : cases) {
            LearningRateSchedule schedule = new LearningRateSchedule(
                    LearningRateSchedule.Shape.valueOf(
                            expected.path("kind").asString().toUpperCase(Locale.ROOT)),
                    expected.path("warmup").asInt(),
                    expected.path("total").asInt());
            for (int step = 0; step < schedule.totalSteps(); step++) {
                assertThat(schedule.factorAt(step))
                        .as("%s at %d", schedule, step)
                        .isCloseTo(expected.path("factor").path(step).asDouble(), within(1e-12));
            }
        }
    }
}
