package dev.anneal.service.access.web;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Keywords of JSON Schema about sizes and patterns. They hold of values of other types than their own. */
final class JsonBounds {

    static final Set<String> KEYWORDS = Set.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "maxProperties");

    private JsonBounds() {}

    static boolean hold(String keyword, JsonNode rule, JsonNode value) {
        return switch (keyword) {
            case "minimum" -> !value.isNumber() || value.asDouble() >= rule.asDouble();
            case "maximum" -> !value.isNumber() || value.asDouble() <= rule.asDouble();
            case "exclusiveMinimum" -> !value.isNumber() || value.asDouble() > rule.asDouble();
            case "exclusiveMaximum" -> !value.isNumber() || value.asDouble() < rule.asDouble();
            case "minLength" -> !value.isString() || value.asString().length() >= rule.asInt();
            case "maxLength" -> !value.isString() || value.asString().length() <= rule.asInt();
            case "pattern" -> !value.isString() || value.asString().matches("(?s).*(" + rule.asString() + ").*");
            case "minItems" -> !value.isArray() || value.size() >= rule.asInt();
            case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
            case "maxProperties" -> !value.isObject() || value.size() <= rule.asInt();
            default -> throw new IllegalArgumentException(keyword);
        };
    }
}
