package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.anneal.protocol.TrainingMethod;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The engine's list of methods beside the protocol's. */
class TrainingProcedureTest {

    @Test
    void everyMethodOfTheProtocolHasAProcedure() {
        JsonSubTypes types = TrainingMethod.class.getAnnotation(JsonSubTypes.class);

        assertThat(TrainingProcedure.ALL)
                .containsOnlyKeys(Arrays.stream(types.value())
                        .map(JsonSubTypes.Type::name)
                        .toArray(String[]::new));
    }
}
