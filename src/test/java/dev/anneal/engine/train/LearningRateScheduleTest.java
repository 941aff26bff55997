package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
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
                    LearningRateSchedule.Shape.named(expected.path("kind").asString()),
                    expected.path("warmup").asInt(),
                    expected.path("total").asInt());
            for (int step = 0; step < schedule.totalSteps(); step++) {
                assertThat(schedule.factorAt(step))
                        .as("%s at %d", schedule, step)
                        .isCloseTo(expected.path("factor").path(step).asDouble(), within(1e-12));
            }
        }
    }

    @Test
    void unknownShapesAreNamed() {
        assertThatThrownBy(() -> LearningRateSchedule.Shape.named("polynomial"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("learning-rate schedule must be one of linear, cosine, constant, was 'polynomial'");
    }
}
