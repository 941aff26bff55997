package dev.anneal.service.platform.request;

import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A JSON object of a request, read key by key: each read checks type and range, and {@link #refuseOthers()} refuses
 * keys that were not read. A key whose value is {@code null} counts as absent, as in the SDKs.
 */
public final class StrictObject {

    private final String path;
    private final JsonNode node;
    private final Set<String> known = new LinkedHashSet<>();

    /** Objects of the whole request that have been read so far, whether they are there or not. */
    private final List<StrictObject> request;

    /** The body of a request. */
    StrictObject(JsonNode node) {
        this("", node, new ArrayList<>());
    }

    /**
     * @param path the object's path in the request, empty for the body itself
     */
    private StrictObject(String path, JsonNode node, List<StrictObject> request) {
        this.path = path;
        this.node = node;
        this.request = request;
        request.add(this);
    }

    /** Full path of {@code key} in the request, as in {@code error.param}. */
    public String param(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    public boolean has(String key) {
        return value(key) != null;
    }

    /** Whether the key is given as {@code null}, for the few keys where that is not as if it were absent. */
    public boolean isNull(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        return value != null && value.isNull();
    }

    public String requiredText(String key) {
        String text = text(key);
        if (text == null || text.isBlank()) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'" + param(key) + "' is required: give a non-empty string",
                    param(key));
        }
        return text;
    }

    public @Nullable String text(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isString()) {
            throw invalid(key, "must be a string", value);
        }
        return value == null ? null : value.stringValue();
    }

    /** One of a closed set of names. */
    public @Nullable String choice(String key, Collection<String> names) {
        String text = text(key);
        if (text != null && !names.contains(text)) {
            throw invalidChoice(key, names, Spelling.didYouMean(text, names));
        }
        return text;
    }

    /** As {@link #choice}, of a key that must be there. */
    public String requiredChoice(String key, Collection<String> names) {
        String text = choice(key, names);
        if (text == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'" + param(key) + "' is required: give one of " + String.join(", ", names),
                    param(key));
        }
        return text;
    }

    /**
     * The refusal of a name that is not one of these.
     *
     * @param hint sentence that begins with a space, or nothing
     */
    public Refusal invalidChoice(String key, Collection<String> names, String hint) {
        Refusal refusal = invalid(key, "must be one of " + String.join(", ", names), value(key));
        return hint.isEmpty() ? refusal : Refusal.invalidValue(param(key), refusal.explanation() + "." + hint);
    }

    public @Nullable Boolean flag(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isBoolean()) {
            throw invalid(key, "must be true or false", value);
        }
        return value == null ? null : value.booleanValue();
    }

    /** The keys that a record declares, with its defaults. Other keys are left to other reads. */
    public <T extends Record> T read(Class<T> type) {
        return KeyTable.of(type).read(this);
    }

    /** The object, which has only the keys that a record declares. */
    public <T extends Record> T readAll(Class<T> type) {
        T read = read(type);
        refuseOthers();
        return read;
    }

    public @Nullable Integer wholeNumber(String key, int least, int most) {
        return wholeNumber(key, "[" + least + ", " + most + "]", "");
    }

    /**
     * @param range interval of the allowed numbers, such as {@code [1, 64]}
     * @param words end of the rule in messages
     */
    @Nullable
    Integer wholeNumber(String key, String range, String words) {
        JsonNode value = value(key);
        if (value != null && !isWhole(value, Interval.of(range))) {
            throw invalid(key, "must be a whole number " + Interval.of(range).words() + words, value);
        }
        return value == null ? null : value.intValue();
    }

    private static boolean isWhole(JsonNode value, Interval range) {
        return value.isIntegralNumber() && value.canConvertToInt() && range.contains(value.intValue());
    }

    /** A whole number of 64 bits. */
    public @Nullable Long longNumber(String key) {
        JsonNode value = value(key);
        if (value != null && !(value.isIntegralNumber() && value.canConvertToLong())) {
            throw invalid(key, "must be a whole number of 64 bits", value);
        }
        return value == null ? null : value.longValue();
    }

    @Nullable
    Long longNumber(String key, String range) {
        Long number = longNumber(key);
        if (number != null && !Interval.of(range).contains(number)) {
            throw invalid(key, "must be a whole number " + Interval.of(range).words(), number);
        }
        return number;
    }

    /** A list of whole numbers; null if there are none. */
    public @Nullable List<Integer> wholeNumbers(String key, String range, int longest) {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode value : array(key, longest)) {
            if (!isWhole(value, Interval.of(range))) {
                throw invalid(
                        key, "must hold whole numbers " + Interval.of(range).words(), value);
            }
            numbers.add(value.intValue());
        }
        return numbers.isEmpty() ? null : numbers;
    }

    private Iterable<JsonNode> array(String key, int longest) {
        JsonNode value = value(key);
        if (value != null && (!value.isArray() || value.size() > longest)) {
            throw invalid(key, "must be an array of at most " + longest + " entries", value);
        }
        return value == null ? List.of() : value;
    }

    /** The raw value, for another reader; null if the key is absent. */
    public @Nullable JsonNode raw(String key) {
        return value(key);
    }

    /** Accepts keys without reading them. */
    public void ignore(Collection<String> keys) {
        known.addAll(keys);
    }

    /**
     * @param range interval of the allowed numbers, such as {@code [0, 1)}, or {@code (0, )} without an upper bound
     */
    public @Nullable Double number(String key, String range) {
        return number(key, range, "");
    }

    @Nullable
    Double number(String key, String range, String words) {
        JsonNode value = value(key);
        double number = value == null || !value.isNumber() ? Double.NaN : value.doubleValue();
        if (value != null && !(Double.isFinite(number) && Interval.of(range).contains(number))) {
            throw invalid(key, "must be a number " + Interval.of(range).words() + words, value);
        }
        return value == null ? null : number;
    }

    /** Whether the key is given as {@code "auto"}. */
    boolean isAuto(String key) {
        JsonNode value = value(key);
        return value != null && value.isString() && value.stringValue().equals("auto");
    }

    public @Nullable StrictObject object(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isObject()) {
            throw invalid(key, "must be an object", value);
        }
        return value == null ? null : new StrictObject(param(key), value, request);
    }

    /** The object, or one without keys if the request leaves it out. */
    public StrictObject objectOrEmpty(String key) {
        StrictObject given = object(key);
        return given == null ? new StrictObject(param(key), JsonNodeFactory.instance.objectNode(), request) : given;
    }

    /** An object as maps, lists, strings, numbers, booleans and null, to be read elsewhere. */
    public @Nullable Map<String, @Nullable Object> map(String key) {
        if (object(key) == null) {
            return null;
        }
        return JsonMapper.shared().treeToValue(node.get(key), new TypeReference<Map<String, @Nullable Object>>() {});
    }

    /** Number of entries of an array, 0 if the key is absent. */
    public int arraySize(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isArray()) {
            throw invalid(key, "must be an array", value);
        }
        return value == null ? 0 : value.size();
    }

    /** A string, read as a list of one, or a list of strings. */
    public @Nullable List<String> textOrTexts(String key) {
        JsonNode value = value(key);
        if (value == null || value.isString()) {
            return value == null ? null : List.of(value.stringValue());
        }
        List<String> texts = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(entry -> texts.add(entry.isString() ? entry.stringValue() : ""));
        }
        if (texts.isEmpty() || texts.contains("")) {
            throw invalid(key, "must be a string or a list of non-empty strings", value);
        }
        return List.copyOf(texts);
    }

    /** An object whose values are strings, within OpenAI's limits for {@code metadata}. */
    public Map<String, String> metadata(String key) {
        StrictObject object = object(key);
        return object == null ? Map.of() : object.texts();
    }

    private Map<String, String> texts() {
        if (node.size() > 16) {
            throw Refusal.invalidValue(path, "'" + path + "' has " + node.size() + " pairs; at most 16 are kept");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> pair : node.properties()) {
            String name = pair.getKey();
            if (name.length() > 64) {
                throw Refusal.invalidValue(
                        path,
                        "a key of '" + path + "' has " + name.length() + " characters; at most 64 are kept: '"
                                + name.substring(0, 32) + "…'");
            }
            if (!pair.getValue().isString()) {
                throw invalid(name, "must be a string of at most 512 characters", pair.getValue());
            }
            if (pair.getValue().stringValue().length() > 512) {
                throw Refusal.invalidValue(
                        param(name),
                        "'" + param(name) + "' has "
                                + pair.getValue().stringValue().length() + " characters; at most 512 are kept");
            }
            texts.put(name, pair.getValue().stringValue());
        }
        return texts;
    }

    /** Refuses keys that were not read. Call it after the last read. */
    public void refuseOthers() {
        for (String key : node.propertyNames()) {
            if (!known.contains(key)) {
                throw unknown(key, elsewhere(key));
            }
        }
    }

    /** The refusal of a key that is not known here, but as {@code meant} in the request. */
    public Refusal unknown(String key, @Nullable String meant) {
        return Refusal.unknown(
                "key", param(key), known, meant == null ? Spelling.didYouMean(key, known) : Spelling.question(meant));
    }

    /** Path of the same key in another object. */
    private @Nullable String elsewhere(String key) {
        return request.stream()
                .filter(other -> other.known.contains(key))
                .map(other -> other.param(key))
                .findFirst()
                .orElse(null);
    }

    /** The refusal of a value that was found under {@code key}. */
    public Refusal invalid(String key, String rule, @Nullable Object found) {
        String shown = String.valueOf(found);
        String shortened = shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
        return Refusal.invalidValue(param(key), "'" + param(key) + "' " + rule + ", but is " + shortened);
    }

    private @Nullable JsonNode value(String key) {
        known.add(key);
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }
}
