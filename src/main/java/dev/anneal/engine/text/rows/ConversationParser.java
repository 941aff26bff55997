package dev.anneal.engine.text.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the messages and tools of an object, which is a whole row or the input of a pair. */
final class ConversationParser {

    /** Keys that make a conversation. */
    static final Set<String> KNOWN_KEYS = Set.of("messages", "tools", "parallel_tool_calls", "functions");

    private static final String MESSAGES = "an array of messages";
    private static final String MESSAGES_REMEDY =
            "write {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}, {\"role\": \"assistant\", \"content\": \"…\"}]}";

    private ConversationParser() {}

    /** @param unknownKeys takes the keys of messages without meaning */
    static ChatRow parse(Place place, Map<String, @Nullable Object> object, List<UnknownKey> unknownKeys)
            throws RowRejectedException {
        Place at = place.key("messages");
        Object value = object.get("messages");
        if (!(value instanceof List<?> values) || values.isEmpty()) {
            throw at.reject(RowFault.MISSING_MESSAGES, MESSAGES, found(value), MESSAGES_REMEDY);
        }
        if (values.size() > DatasetLimits.MESSAGES) {
            String expected = "at most %,d messages".formatted(DatasetLimits.MESSAGES);
            throw at.reject(
                    RowFault.TOO_MANY_MESSAGES, expected, Excerpt.of(values), "split the conversation into rows");
        }
        List<ChatMessage> messages = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            messages.add(MessageParser.parse(at.index(i), values.get(i)));
            unknownKeys.addAll(MessageParser.unknownKeys("messages", (Map<?, ?>) values.get(i)));
        }
        return new ChatRow(messages, ToolParser.tools(place, object));
    }

    static String found(@Nullable Object value) {
        return value == null ? "nothing" : Excerpt.of(value);
    }
}
