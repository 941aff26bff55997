package dev.anneal.engine.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the conversation of a request for an answer: messages and tools as in a dataset's rows, of which nothing is trained. */
public final class ChatPrompt {

    /** What OpenAI's clients send back with an assistant's earlier answers; it says nothing to a model. */
    private static final Set<String> IGNORED_KEYS =
            Set.of("messages[].refusal", "messages[].annotations", "messages[].audio");

    private ChatPrompt() {}

    /**
     * @param json an object with {@code messages} and perhaps {@code tools}; other keys are not looked at
     * @throws RowRejectedException naming the place of what is wrong
     */
    public static ChatRow parse(String json) throws RowRejectedException {
        Place place = Place.ofNoFile();
        byte[] bytes = json.getBytes(UTF_8);
        List<String> unknown = new ArrayList<>();
        ChatRow conversation = ConversationParser.parse(place, LineParser.parse(place, bytes, bytes.length), unknown);
        unknown.removeAll(IGNORED_KEYS);
        if (!unknown.isEmpty()) {
            throw place.key("messages")
                    .reject(
                            RowFault.INVALID_MESSAGE,
                            "messages of known keys",
                            String.join(", ", unknown),
                            "remove what is not known");
        }
        return conversation;
    }
}
