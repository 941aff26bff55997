package dev.anneal.service.request;

import dev.anneal.engine.file.Sha256;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The JSON object that is the body of a request. */
public final class JsonBody {

    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final JsonNode root;

    private JsonBody(JsonNode root) {
        this.root = root;
    }

    /** @param root the parsed body; null, an empty body, reads as an object without keys */
    public static JsonBody of(@Nullable JsonNode root) {
        JsonNode object = root == null || root.isMissingNode() ? JsonNodeFactory.instance.objectNode() : root;
        if (!object.isObject()) {
            throw new Refusal(
                    RefusalCode.INVALID_JSON,
                    "The request body must be a JSON object such as {\"model\": \"anneal-tiny\", …}, but is of type "
                            + object.getNodeType().name().toLowerCase(Locale.ROOT));
        }
        refuseNul("", object);
        return new JsonBody(object);
    }

    /** The character U+0000 is legal in JSON, and in no text that PostgreSQL stores. */
    private static void refuseNul(String path, JsonNode node) {
        if (node.isString() && node.stringValue().indexOf('\0') >= 0) {
            throw Refusal.invalidValue(path, "'" + path + "' must not hold the character U+0000");
        }
        node.forEachEntry((key, value) -> {
            String inner = path.isEmpty() ? key : path + "." + key;
            if (key.indexOf('\0') >= 0) {
                throw new Refusal(
                        RefusalCode.INVALID_VALUE,
                        "a key of " + (path.isEmpty() ? "the body" : "'" + path + "'") + " holds the character U+0000",
                        path.isEmpty() ? null : path);
            }
            refuseNul(inner, value);
        });
        if (node.isArray()) {
            node.forEach(entry -> refuseNul(path, entry));
        }
    }

    public StrictObject object() {
        return new StrictObject("", root);
    }

    /** SHA-256 of the body with its keys sorted and white space removed: the same request has the same digest however it is written. */
    public String digest() {
        return Sha256.ofText(CANONICAL.writeValueAsString(CANONICAL.treeToValue(root, Object.class)));
    }
}
