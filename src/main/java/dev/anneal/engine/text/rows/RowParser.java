package dev.anneal.engine.text.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.foreign.ForeignRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parses a row. Pairs are recognised by their keys: OpenAI's {@code {"input": {…}, "preferred_output": […],
 * "non_preferred_output": […]}} or its older spelling. {@code {"messages": […], "tools": […]}} is a prompt if it ends
 * with a user message, otherwise a conversation to train.
 */
final class RowParser {
    /** Keys of a conversation. */
    static final Set<String> CONVERSATION_KEYS = Set.of("messages", "tools", "parallel_tool_calls", "functions");

    /** Each output with its older name. */
    private static final String[] PREFERRED = {"preferred_output", "preferred_completion"};

    private static final String[] NON_PREFERRED = {"non_preferred_output", "non_preferred_completion"};
    private static final Set<String> PAIR_KEYS =
            Set.of("input", PREFERRED[0], PREFERRED[1], NON_PREFERRED[0], NON_PREFERRED[1]);

    private static final String OUTPUT = "an array of one assistant message";
    private static final String OUTPUT_REMEDY = "write [{\"role\": \"assistant\", \"content\": \"…\"}]";
    private static final String MESSAGES = "an array of messages";
    private static final String MESSAGES_REMEDY =
            "write {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}, {\"role\": \"assistant\", \"content\":"
                    + " \"…\"}]}";

    private final Place place;
    private final Map<String, @Nullable Object> row;
    private final List<UnknownKeys.Key> unknownKeys = new ArrayList<>();

    private RowParser(Place place, byte[] bytes, int length) throws RowRejectedException {
        this.place = place;
        this.row = LineParser.parse(place, bytes, length);
    }

    /**
     * A row and its unknown keys.
     *
     * @param unknownKeys unknown keys; for a prompt only those of its messages, because others belong to its item
     */
    record Parsed(DatasetRow row, List<UnknownKeys.Key> unknownKeys) {}

    /** Parses a line whose length has been checked. */
    static Parsed parse(Place line, byte[] bytes, int length) throws RowRejectedException {
        RowParser parser = new RowParser(line, bytes, length);
        return new Parsed(parser.parse(), parser.unknownKeys);
    }

    /** Parses the conversation of a request, whose messages must have only known keys. */
    static ChatRow parseRequest(String json) throws RowRejectedException {
        byte[] bytes = json.getBytes(UTF_8);
        RowParser parser = new RowParser(Place.ofNoFile(), bytes, bytes.length);
        ChatRow conversation = parser.conversation(parser.place, parser.row, "");
        if (!parser.unknownKeys.isEmpty()) {
            throw parser.place
                    .key("messages")
                    .reject(
                            RowFault.INVALID_MESSAGE,
                            "messages of known keys",
                            parser.unknownKeys.stream()
                                    .map(UnknownKeys.Key::path)
                                    .collect(Collectors.joining(", ")),
                            "remove what is not known");
        }
        return conversation;
    }

    private DatasetRow parse() throws RowRejectedException {
        if (isPair()) {
            return pair();
        }
        if (!row.containsKey("messages")) {
            Optional<ForeignRows> other = ForeignRows.of(row);
            if (other.isPresent()) {
                throw other.get().format().rejection(place);
            }
        }
        ChatRow conversation = conversation(place, row, "");
        if (conversation.isPrompt()) {
            return new PromptRow(conversation.untrained(), row);
        }
        addUnknown(row.keySet(), "", CONVERSATION_KEYS);
        requireTrainedMessage(place.key("messages"), conversation.messages());
        return conversation;
    }

    private static void requireTrainedMessage(Place place, List<ChatMessage> messages) throws RowRejectedException {
        if (messages.stream().anyMatch(ChatMessage::isTrained)) {
            return;
        }
        if (messages.stream().anyMatch(message -> message.role() == MessageRole.ASSISTANT)) {
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

    /**
     * Messages and tools of an object, which is the whole row or the input of a pair.
     *
     * @param path path of the object, for counts of unknown keys
     */
    private ChatRow conversation(Place object, Map<String, @Nullable Object> values, String path)
            throws RowRejectedException {
        Place at = object.key("messages");
        Object value = values.get("messages");
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw at.reject(RowFault.MISSING_MESSAGES, MESSAGES, found(value), MESSAGES_REMEDY);
        }
        if (list.size() > DatasetLimits.MESSAGES) {
            String expected = "at most %,d messages".formatted(DatasetLimits.MESSAGES);
            throw at.reject(RowFault.TOO_MANY_MESSAGES, expected, found(list), "split the conversation into rows");
        }
        List<ChatMessage> messages = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            messages.add(message(at.index(i), list.get(i), path + "messages[]."));
        }
        return new ChatRow(messages, ToolParser.tools(object, values));
    }

    private ChatMessage message(Place at, @Nullable Object value, String path) throws RowRejectedException {
        ChatMessage message = MessageParser.parse(at, value);
        if (value instanceof Map<?, ?> keys) {
            addUnknown(MessageParser.withoutIgnored(keys.keySet()), path, MessageParser.KNOWN_KEYS);
        }
        return message;
    }

    private boolean isPair() {
        return !row.containsKey("messages")
                && (row.get("input") instanceof Map<?, ?>
                        || PAIR_KEYS.stream().anyMatch(key -> !key.equals("input") && row.containsKey(key)));
    }

    private PreferenceRow pair() throws RowRejectedException {
        addUnknown(row.keySet(), "", PAIR_KEYS);
        Place at = place.key("input");
        Map<String, @Nullable Object> input =
                at.object(row.get("input"), RowFault.INVALID_INPUT, "write {\"messages\": [{\"role\": \"user\", …}]}");
        addUnknown(input.keySet(), "input.", CONVERSATION_KEYS);
        ChatRow question = conversation(at, input, "input.").untrained();
        ChatMessage preferred = output(PREFERRED);
        ChatMessage rejected = output(NON_PREFERRED);
        if (preferred.equals(rejected)) {
            throw place.key(key(NON_PREFERRED))
                    .reject(
                            RowFault.IDENTICAL_OUTPUTS,
                            "another answer than the preferred one",
                            "the same",
                            "remove the row: there is nothing to prefer");
        }
        return new PreferenceRow(question.with(preferred), question.with(rejected));
    }

    private ChatMessage output(String[] names) throws RowRejectedException {
        String key = key(names);
        Place at = place.key(key);
        if (!(row.get(key) instanceof List<?> values) || values.size() != 1) {
            throw at.reject(RowFault.INVALID_OUTPUT, OUTPUT, found(row.get(key)), OUTPUT_REMEDY);
        }
        ChatMessage message = message(at.index(0), values.get(0), key + "[].");
        if (message.role() != MessageRole.ASSISTANT) {
            String found = "a message of role " + message.role().wireName();
            throw at.index(0).reject(RowFault.INVALID_OUTPUT, "an assistant message", found, OUTPUT_REMEDY);
        }
        if (!message.isTrained()) {
            throw at.index(0)
                    .key("weight")
                    .reject(RowFault.INVALID_WEIGHT, "1 or nothing", "0", "remove it: both answers of a pair count");
        }
        return message;
    }

    private String key(String[] names) throws RowRejectedException {
        boolean isOlder = row.containsKey(names[1]);
        if (isOlder && row.containsKey(names[0])) {
            throw place.key(names[1])
                    .reject(
                            RowFault.INVALID_OUTPUT,
                            "one of '%s' and '%s'".formatted(names[0], names[1]),
                            "both",
                            "remove this one: it is the older name of the other");
        }
        return isOlder ? names[1] : names[0];
    }

    private static String found(@Nullable Object value) {
        return value == null ? "nothing" : Excerpt.of(value);
    }

    private void addUnknown(Collection<?> keys, String path, Set<String> known) {
        keys.stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> unknownKeys.add(new UnknownKeys.Key(path, (String) key, known)));
    }
}
