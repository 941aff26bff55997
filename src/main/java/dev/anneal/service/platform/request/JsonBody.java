package dev.anneal.service.platform.request;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
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

    private static final String UNSTORABLE =
            "must not hold the character U+0000, nor half of a surrogate pair (U+D800 to U+DFFF)";

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
                            + WireName.of(object.getNodeType()));
        }
        refuseUnstorable("", object);
        return new JsonBody(object);
    }

    /** Half a surrogate pair and U+0000 are valid in JSON, but PostgreSQL cannot store them. */
    private static void refuseUnstorable(String path, JsonNode node) {
        if (node.isString() && isUnstorable(node.stringValue())) {
            throw Refusal.invalidValue(path, "'" + path + "' " + UNSTORABLE);
        }
        node.forEachEntry((key, value) -> {
            String inner = path.isEmpty() ? key : path + "." + key;
            if (isUnstorable(key)) {
                throw new Refusal(
                        RefusalCode.INVALID_VALUE,
                        "a key of " + (path.isEmpty() ? "the body" : "'" + path + "'") + " " + UNSTORABLE,
                        path.isEmpty() ? null : path);
            }
            refuseUnstorable(inner, value);
        });
        if (node.isArray()) {
            node.forEach(entry -> refuseUnstorable(path, entry));
        }
    }

    private static boolean isUnstorable(String text) {
        return text.codePoints().anyMatch(point -> point == 0 || Character.getType(point) == Character.SURROGATE);
    }

    public StrictObject object() {
        return new StrictObject(root);
    }

    /**
     * SHA-256 of the body with its keys sorted and white space removed: equal requests have equal digests, however they
     * are formatted.
     */
    public String digest() {
        return Sha256.ofText(CANONICAL.writeValueAsString(CANONICAL.treeToValue(root, Object.class)));
    }
}
