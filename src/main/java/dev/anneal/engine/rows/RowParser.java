package dev.anneal.engine.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one line of a supervised dataset, OpenAI's {@code {"messages": […], "tools": […]}}. */
final class RowParser {

    private static final Set<String> KNOWN_KEYS = Set.of("messages", "tools", "parallel_tool_calls", "functions");
    private static final String MESSAGES = "an array of messages";
    private static final String MESSAGES_REMEDY =
            "write {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}, {\"role\": \"assistant\", \"content\": \"…\"}]}";

    private RowParser() {}

    /**
     * A row and what it holds beside the format.
     *
     * @param unknownKeys names of keys without meaning, those of messages as {@code messages[].key}
     */
    record Parsed(ChatRow row, List<String> unknownKeys) {}

    static Parsed parse(long line, byte[] bytes, int length) throws RowRejectedException {
        Place place = Place.ofLine(line);
        Map<String, @Nullable Object> row = LineParser.parse(place, bytes, length);
        List<String> unknownKeys = new ArrayList<>();
        row.keySet().stream().filter(key -> !KNOWN_KEYS.contains(key)).forEach(unknownKeys::add);
        List<ChatMessage> messages = messages(place.key("messages"), row.get("messages"), unknownKeys);
        requireTrainedMessage(place.key("messages"), messages);
        return new Parsed(new ChatRow(messages, ToolParser.tools(place, row)), unknownKeys);
    }

    private static List<ChatMessage> messages(Place place, @Nullable Object value, List<String> unknownKeys)
            throws RowRejectedException {
        if (!(value instanceof List<?> values) || values.isEmpty()) {
            throw place.reject(RowFault.MISSING_MESSAGES, MESSAGES, found(value), MESSAGES_REMEDY);
        }
        if (values.size() > DatasetLimits.MESSAGES) {
            String expected = "at most %,d messages".formatted(DatasetLimits.MESSAGES);
            throw place.reject(
                    RowFault.TOO_MANY_MESSAGES, expected, Excerpt.of(values), "split the conversation into rows");
        }
        List<ChatMessage> messages = new ArrayList<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            messages.add(MessageParser.parse(place.index(i), values.get(i)));
            MessageParser.unknownKeys((Map<?, ?>) values.get(i)).forEach(key -> unknownKeys.add("messages[]." + key));
        }
        return messages;
    }

    private static String found(@Nullable Object value) {
        return value == null ? "nothing" : Excerpt.of(value);
    }

    private static void requireTrainedMessage(Place place, List<ChatMessage> messages) throws RowRejectedException {
        if (messages.stream().anyMatch(ChatMessage::isTrained)) {
            return;
        }
        if (messages.stream().anyMatch(message -> message.role() == Role.ASSISTANT)) {
            throw place.reject(
                    RowFault.NOTHING_TRAINED,
                    "an assistant message whose weight is not 0",
                    "weight 0 on all of them",
                    "remove the row or a weight");
        }
        throw place.reject(
                RowFault.NO_ASSISTANT_MESSAGE,
                "an assistant message: it is what the model learns to write",
                "messages of other roles alone",
                "add the answer as {\"role\": \"assistant\", \"content\": \"…\"}");
    }
}
