package dev.anneal.engine.text.tokens;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reference values made by transformers; {@code golden/ORIGIN.md} says how. */
public final class Golden {

    private static final JsonMapper JSON = new JsonMapper();

    private Golden() {}

    public static JsonNode json(String name) {
        return resource("/golden/" + name);
    }

    public static JsonNode resource(String name) {
        try (InputStream in = url(name).openStream()) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** A folder of the test or main resources. */
    public static Path folder(String name) {
        try {
            return Path.of(url(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(name, e);
        }
    }

    private static URL url(String name) {
        return Objects.requireNonNull(Golden.class.getResource(name), name);
    }

    public static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }
}
