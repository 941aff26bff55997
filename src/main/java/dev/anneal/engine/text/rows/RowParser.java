package dev.anneal.engine.text.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one line of a dataset. Pairs are told by their keys. {@code {"messages": […], "tools": […]}} is a prompt if the user has the last word, and a
 * conversation to learn from otherwise.
 */
final class RowParser {

    private RowParser() {}

    /**
     * A row and what it holds beside the format.
     *
     * @param unknownKeys keys without meaning; of a prompt its messages' alone, as the others are its item's
     */
    record Parsed(DatasetRow row, List<UnknownKey> unknownKeys) {}

    static Parsed parse(long line, byte[] bytes, int length) throws RowRejectedException {
        Place place = Place.ofLine(line);
        Map<String, @Nullable Object> row = LineParser.parse(place, bytes, length);
        List<UnknownKey> unknownKeys = new ArrayList<>();
        if (PreferenceParser.isPreference(row)) {
            return new Parsed(PreferenceParser.parse(place, row, unknownKeys), unknownKeys);
        }
        if (!row.containsKey("messages")) {
            refuseOtherRows(place, row);
        }
        ChatRow conversation = ConversationParser.parse(place, row, unknownKeys);
        if (conversation.isPrompt()) {
            return new Parsed(new PromptRow(conversation.untrained(), row), unknownKeys);
        }
        unknownKeys.addAll(UnknownKey.of(row.keySet(), "", ConversationParser.KNOWN_KEYS));
        requireTrainedMessage(place.key("messages"), conversation.messages());
        return new Parsed(conversation, unknownKeys);
    }

    private static void refuseOtherRows(Place place, Map<String, @Nullable Object> row) throws RowRejectedException {
        Optional<OtherRows> other = OtherRows.of(row);
        if (other.isPresent()) {
            throw other.get().format().rejection(place);
        }
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
