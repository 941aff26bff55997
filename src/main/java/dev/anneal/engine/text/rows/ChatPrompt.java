package dev.anneal.engine.text.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the conversation of a request for an answer: messages and tools as in a dataset's rows, of which nothing is trained. */
public final class ChatPrompt {

    private ChatPrompt() {}

    /**
     * @param json an object with {@code messages} and perhaps {@code tools}; other keys are not looked at
     * @throws RowRejectedException naming the place of what is wrong
     */
    public static ChatRow parse(String json) throws RowRejectedException {
        Place place = Place.ofNoFile();
        byte[] bytes = json.getBytes(UTF_8);
        List<UnknownKey> unknown = new ArrayList<>();
        ChatRow conversation = ConversationParser.parse(place, LineParser.parse(place, bytes, bytes.length), unknown);
        if (!unknown.isEmpty()) {
            throw place.key("messages")
                    .reject(
                            RowFault.INVALID_MESSAGE,
                            "messages of known keys",
                            unknown.stream().map(UnknownKey::path).collect(Collectors.joining(", ")),
                            "remove what is not known");
        }
        return conversation;
    }
}
