package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parses a message of a row. */
final class MessageParser {

    /** Keys of OpenAI's responses without meaning for a model, which clients send back or save in rows. */
    private static final Set<String> IGNORED_KEYS = Set.of("refusal", "annotations", "audio");

    private static final Set<String> HANDLED_KEYS = Set.of("role", "content", "weight", "tool_calls", "function_call");

    /** {@code reasoning_content} and its two alternatives are used by open reasoning models. */
    private static final Set<String> STRING_KEYS =
            Set.of("name", "tool_call_id", "reasoning_content", "reasoning", "thinking");

    /** Known keys. */
    static final Set<String> KNOWN_KEYS =
            Stream.of(HANDLED_KEYS, STRING_KEYS).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());

    private static final String ROLES =
            Stream.of(MessageRole.values()).map(MessageRole::wireName).collect(Collectors.joining(", ", "one of ", ""));
    private static final String MESSAGE_REMEDY = "write {\"role\": \"user\", \"content\": \"…\"}";

    private MessageParser() {}

    static ChatMessage parse(Place place, @Nullable Object value) throws RowRejectedException {
        Map<String, @Nullable Object> message = place.object(value, RowFault.INVALID_MESSAGE, MESSAGE_REMEDY);
        MessageRole role = role(place.key("role"), message.get("role"));
        List<Map<String, @Nullable Object>> calls = calls(place, role, message);
        String content = content(place.key("content"), message.get("content"), !calls.isEmpty());
        boolean trained = weight(place.key("weight"), message.get("weight"), role) == 1;
        Map<String, @Nullable Object> otherKeys = otherKeys(place, message);
        if (!calls.isEmpty()) {
            otherKeys.put("tool_calls", calls);
        }
        return new ChatMessage(role, content, trained, otherKeys);
    }

    private static MessageRole role(Place place, @Nullable Object value) throws RowRejectedException {
        MessageRole role =
                value instanceof String name ? MessageRole.named(name).orElse(null) : null;
        if (role == null) {
            throw place.reject(RowFault.UNKNOWN_ROLE, ROLES, Excerpt.of(value), "name the role of the message");
        }
        return role;
    }

    private static List<Map<String, @Nullable Object>> calls(
            Place place, MessageRole role, Map<String, @Nullable Object> message) throws RowRejectedException {
        List<Map<String, @Nullable Object>> calls = ToolParser.calls(place, message);
        if (!calls.isEmpty() && role != MessageRole.ASSISTANT) {
            String found = "calls by " + role.wireName();
            throw place.reject(RowFault.INVALID_TOOLS, "calls by the assistant only", found, "move them there");
        }
        return calls;
    }

    private static @Nullable String content(Place place, @Nullable Object value, boolean hasCalls)
            throws RowRejectedException {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof List<?> parts) {
            return joined(place, parts);
        }
        if (value == null && hasCalls) {
            return null;
        }
        String expected = "a string, or an array of text parts";
        throw place.reject(RowFault.INVALID_CONTENT, expected, Excerpt.of(value), "write the text of the message");
    }

    private static String joined(Place place, List<?> parts) throws RowRejectedException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            Object type = parts.get(i) instanceof Map<?, ?> part ? part.get("type") : null;
            Object content = parts.get(i) instanceof Map<?, ?> part ? part.get("text") : null;
            if (!"text".equals(type) || !(content instanceof String string)) {
                String remedy = "leave images, sounds and refusals out: only text is trained";
                String found = type == null ? Excerpt.of(parts.get(i)) : "a part of type " + Excerpt.of(type);
                String expected = "{\"type\": \"text\", \"text\": …}";
                throw place.index(i).reject(RowFault.INVALID_CONTENT, expected, found, remedy);
            }
            text.append(string);
        }
        return text.toString();
    }

    private static int weight(Place place, @Nullable Object value, MessageRole role) throws RowRejectedException {
        if (role != MessageRole.ASSISTANT) {
            if (value != null) {
                String remedy = "remove it: other messages are never trained";
                throw place.reject(
                        RowFault.INVALID_WEIGHT, "weights on assistant messages only", Excerpt.of(value), remedy);
            }
            return 0;
        }
        if (value == null) {
            return 1;
        }
        if (value instanceof Integer weight && (weight == 0 || weight == 1)) {
            return weight;
        }
        String remedy = "write 0 to leave the message out of training, 1 or nothing to train it";
        throw place.reject(RowFault.INVALID_WEIGHT, "the integer 0 or 1", Excerpt.of(value), remedy);
    }

    private static Map<String, @Nullable Object> otherKeys(Place place, Map<String, @Nullable Object> message)
            throws RowRejectedException {
        Map<String, @Nullable Object> others = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> entry : message.entrySet()) {
            String key = entry.getKey();
            if (entry.getValue() == null || HANDLED_KEYS.contains(key)) {
                continue;
            }
            if (STRING_KEYS.contains(key)) {
                place.key(key).string(entry.getValue(), RowFault.INVALID_MESSAGE, "write a string or leave it out");
            }
            others.put(key, entry.getValue());
        }
        return others;
    }

    /** The keys of a message without silently ignored ones. */
    static List<?> withoutIgnored(Collection<?> keys) {
        return keys.stream().filter(key -> !IGNORED_KEYS.contains(key)).toList();
    }
}
