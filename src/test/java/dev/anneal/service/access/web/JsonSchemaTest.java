package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checker finds each kind of fault, so that a test which it lets pass has seen none. */
class JsonSchemaTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SCHEMA = """
            {"type": "object", "required": ["a"], "additionalProperties": false, "properties": {
              "a": {"type": ["integer", "null"]}, "b": {"const": "x"}, "c": {"enum": ["y", "z"]},
              "d": {"type": "array", "items": {"type": "number"}},
              "e": {"type": "object", "additionalProperties": {"type": "string"}},
              "f": {"oneOf": [{"type": "null"}, {"$ref": "#/named"}]}}}
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": 1}                    |
            {"a": null, "b": "x", "c": "z", "d": [1, 2.5], "e": {"k": "v"}, "f": true} |
            {"a": 1, "f": null}         |
            {}                          | $ lacks a
            []                          | $ must be of type
            {"a": 1.0}                  | $.a must be of type
            {"a": "1"}                  | $.a must be of type
            {"a": 1, "b": "y"}          | $.b must be "x"
            {"a": 1, "c": "x"}          | $.c must be one of
            {"a": 1, "d": [1, "2"]}     | $.d[1] must be of type
            {"a": 1, "e": {"k": 1}}     | $.e.k must be of type
            {"a": 1, "f": "true"}       | $.f must be of type
            {"a": 1, "g": 1}            | $ has g, which is not described
            """)
    void faultIsFoundAtItsPlace(String value, String fault) {
        JsonNode document = JSON.readTree("{\"named\": {\"type\": \"boolean\"}}");

        var faults = new JsonSchema(document, false).faults(JSON.readTree(SCHEMA), JSON.readTree(value), "$");

        if (fault == null) {
            assertThat(faults).isEmpty();
        } else {
            assertThat(faults)
                    .isNotEmpty()
                    .allSatisfy(found -> assertThat(found).startsWith(fault.split(" ", 2)[0]));
            assertThat(faults.get(0)).startsWith(fault);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"minimum": 2}          | 2      | 1
            {"maximum": 2}          | 2      | 3
            {"exclusiveMinimum": 0} | 0.1    | 0
            {"exclusiveMaximum": 1} | 0.9    | 1
            {"minLength": 1}        | "a"    | ""
            {"maxLength": 1}        | "a"    | "ab"
            {"pattern": "^[a-z]+$"} | "ab"   | "a1"
            {"minItems": 1}         | [1]    | []
            {"maxItems": 1}         | [1]    | [1, 2]
            {"maxProperties": 0}    | {}     | {"a": 1}
            {"minimum": 2}          | "text" |
            """)
    void boundsAreCheckedOfRequests(String schema, String within, String beyond) {
        JsonSchema requests = new JsonSchema(JSON.readTree("{}"), true);

        assertThat(requests.faults(JSON.readTree(schema), JSON.readTree(within), "$"))
                .isEmpty();
        if (beyond != null) {
            assertThat(requests.faults(JSON.readTree(schema), JSON.readTree(beyond), "$"))
                    .singleElement()
                    .asString()
                    .startsWith("$ must have ");
        }
    }
}
