package dev.anneal.service.access.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * As much of JSON Schema as the description of the API uses; a keyword it does not know is an error, so none is passed
 * over.
 */
final class JsonSchema {

    private static final Set<String> WITHOUT_EFFECT_ON_ANSWERS = Set.of(
            "description",
            "default",
            "deprecated",
            "example",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "minLength",
            "maxLength",
            "maxProperties",
            "maxItems");

    private final JsonNode document;
    private final boolean hasBounds;

    /**
     * @param document the whole description, in which references are looked up
     * @param hasBounds whether sizes and patterns are checked, which the service promises of requests
     */
    JsonSchema(JsonNode document, boolean hasBounds) {
        this.document = document;
        this.hasBounds = hasBounds;
    }

    /** What is wrong with {@code value}, one line for each fault, beginning with its place. */
    List<String> faults(JsonNode schema, JsonNode value, String place) {
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            check(keyword.getKey(), keyword.getValue(), schema, value, place, faults);
        }
        return faults;
    }

    private void check(
            String keyword, JsonNode rule, JsonNode schema, JsonNode value, String place, List<String> faults) {
        switch (keyword) {
            case "$ref" -> faults.addAll(faults(resolve(rule.asString()), value, place));
            case "type" ->
                require(isOfType(rule, value), place + " must be of type " + rule + " but is " + value, faults);
            case "const" -> require(rule.equals(value), place + " must be " + rule + " but is " + value, faults);
            case "enum" ->
                require(contains(rule, value), place + " must be one of " + rule + " but is " + value, faults);
            case "required" ->
                rule.forEach(key -> require(
                        !value.isObject() || value.has(key.asString()), place + " lacks " + key.asString(), faults));
            case "properties" ->
                rule.properties().forEach(property -> {
                    if (value.has(property.getKey())) {
                        faults.addAll(faults(
                                property.getValue(), value.get(property.getKey()), place + "." + property.getKey()));
                    }
                });
            case "additionalProperties" -> checkOthers(rule, schema, value, place, faults);
            case "items" -> {
                for (int i = 0; value.isArray() && i < value.size(); i++) {
                    faults.addAll(faults(rule, value.get(i), place + "[" + i + "]"));
                }
            }
            case "oneOf" -> checkAlternatives(rule, value, place, faults);
            default -> checkBounds(keyword, rule, value, place, faults);
        }
    }

    private void checkBounds(String keyword, JsonNode rule, JsonNode value, String place, List<String> faults) {
        if (hasBounds && JsonBounds.KEYWORDS.contains(keyword)) {
            require(
                    JsonBounds.hold(keyword, rule, value),
                    place + " must have " + keyword + " " + rule + " but is " + value,
                    faults);
        } else {
            require(WITHOUT_EFFECT_ON_ANSWERS.contains(keyword), "unknown keyword " + keyword, faults);
        }
    }

    private void checkOthers(JsonNode rule, JsonNode schema, JsonNode value, String place, List<String> faults) {
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            if (schema.path("properties").has(property.getKey())) {
                continue;
            }
            if (rule.isObject()) {
                faults.addAll(faults(rule, property.getValue(), place + "." + property.getKey()));
            } else {
                require(rule.asBoolean(), place + " has " + property.getKey() + ", which is not described", faults);
            }
        }
    }

    private void checkAlternatives(JsonNode alternatives, JsonNode value, String place, List<String> faults) {
        List<String> all = new ArrayList<>();
        for (JsonNode alternative : alternatives) {
            List<String> found = faults(alternative, value, place);
            if (found.isEmpty()) {
                return;
            }
            all.addAll(found);
        }
        faults.addAll(all);
    }

    private JsonNode resolve(String reference) {
        JsonNode schema = document.at(reference.substring(1));
        if (schema.isMissingNode()) {
            throw new IllegalStateException("the description has no " + reference);
        }
        return schema;
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode each : values) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfType(JsonNode rule, JsonNode value) {
        if (rule.isArray()) {
            for (JsonNode each : rule) {
                if (isOfType(each, value)) {
                    return true;
                }
            }
            return false;
        }
        return switch (rule.asString()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> throw new IllegalStateException("unknown type " + rule);
        };
    }

    private static void require(boolean holds, String fault, List<String> faults) {
        if (!holds) {
            faults.add(fault);
        }
    }
}
