package dev.anneal.service.access.description;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.web.ApiDescription;
import dev.anneal.service.access.web.ApiDescription.BodyExample;
import dev.anneal.service.access.web.ApiDescription.OptionalParameter;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Forms such as those at {@code /docs} begin with what the description gives as examples, and with made-up values where
 * it gives none.
 */
class ExamplesTest {

    /** How much is shown, and in which order and format: no matter what they are, nothing is left out for good. */
    private static final Set<String> OF_PAGES = Set.of("limit", "order", "format");

    static List<BodyExample> bodies() {
        return ApiDescription.bodyExamples();
    }

    static List<OptionalParameter> parameters() {
        return ApiDescription.optionalParameters();
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void everyBodyHasAnExampleThatItsSchemaAllows(BodyExample example) {
        assertThat(example.value().isObject()).as("there is an example").isTrue();
        assertThat(example.faults()).isEmpty();
    }

    /** What is left out of a body is as the settings say; an example must not end trainings or delete artifacts. */
    @Test
    void examplesAreNoTraps() {
        assertThat(bodies()).hasSizeGreaterThan(25).allSatisfy(example -> {
            assertThat(example.value().toString()).doesNotContain("additionalProp", "\"string\"");
            assertThat(example.value().path("expires_in_seconds").asInt(86400)).isGreaterThanOrEqualTo(86400);
            if (example.operation().endsWith("/quota") || example.operation().endsWith("/retention")) {
                assertThat(example.value())
                        .allSatisfy(limit -> assertThat(limit.asInt()).isGreaterThanOrEqualTo(90));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void noOptionalParameterFilters(OptionalParameter optional) {
        JsonNode parameter = optional.parameter();
        JsonNode schema = parameter.path("schema");
        if (OF_PAGES.contains(parameter.path("name").asString())) {
            return;
        }
        for (JsonNode sent : List.of(parameter.path("example"), schema.path("example"), schema.path("default"))) {
            assertThat(filtersNothing(sent)).as(optional + " sends " + sent).isTrue();
        }
        assertThat(parameter.has("examples")).isFalse();
        if (schema.path("type").asString("").equals("object")) {
            assertThat(parameter.path("example").isObject())
                    .as(optional + " must say that it is empty, or forms fill it")
                    .isTrue();
        }
    }

    /** Absent, empty, false or 0. */
    private static boolean filtersNothing(JsonNode sent) {
        return sent.isMissingNode()
                || (sent.isContainer() && sent.isEmpty())
                || (sent.isBoolean() && !sent.booleanValue())
                || (sent.isNumber() && sent.doubleValue() == 0);
    }

    @Test
    void filesAreUploadedToBeTrainedOn() {
        JsonNode purpose = Objects.requireNonNull(ApiDescription.formFields().get("POST /v1/files purpose"));

        assertThat(purpose.path("example").asString()).isEqualTo("fine-tune");
        assertThat(ApiDescription.faultsOfRequest(purpose, purpose.path("example")))
                .isEmpty();
    }
}
