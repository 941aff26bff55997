package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingMethod;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The service's list of methods beside the protocol's, and the formats of rows. */
class TrainingMethodsTest {

    @Test
    void everyMethodOfTheProtocolIsAccepted() {
        JsonSubTypes types = TrainingMethod.class.getAnnotation(JsonSubTypes.class);

        assertThat(TrainingMethods.NAMES)
                .containsExactlyElementsOf(Arrays.stream(types.value())
                        .map(JsonSubTypes.Type::name)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatHasAMethodThatTrainsOnIt(DatasetFormat format) {
        assertThat(TrainingMethods.NAMES).contains(TrainingMethods.trainingOn(format));
    }
}
