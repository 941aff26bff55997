package dev.anneal.engine.network.architecture;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Values of a {@code config.json}, refused by name where they are of another kind. */
record ConfigKeys(Path file, ObjectNode config) {

    /** Above the sizes of any model, and small enough that parameters can be counted in a long. */
    static final int LARGEST = 1 << 24;

    JsonNode get(String key) {
        return config.path(key);
    }

    boolean has(String key) {
        return config.hasNonNull(key);
    }

    int positive(String key) {
        return positive(config, key, LARGEST);
    }

    int positive(JsonNode node, String key, int largest) {
        JsonNode value = node.path(key);
        if (!value.isInt() || value.asInt() < 1) {
            throw refused("'%s' must be a positive integer, found %s".formatted(key, shown(value)));
        }
        if (value.asInt() > largest) {
            throw refused("'%s' must be at most %d, found %s".formatted(key, largest, shown(value)));
        }
        return value.asInt();
    }

    double positiveNumber(String key) {
        return positiveNumber(config, key);
    }

    double positiveNumber(JsonNode node, String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) {
            throw refused("'%s' must be a positive number, found %s".formatted(key, shown(value)));
        }
        return value.asDouble();
    }

    /** A positive number; {@code absent} where the key is missing or null. */
    double positiveNumber(JsonNode node, String key, double absent) {
        return node.hasNonNull(key) ? positiveNumber(node, key) : absent;
    }

    static String shown(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }

    ModelConfigException refused(String message) {
        return new ModelConfigException(file, message);
    }
}
