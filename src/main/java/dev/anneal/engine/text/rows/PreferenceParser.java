package dev.anneal.engine.text.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one line of a preference dataset, OpenAI's {@code {"input": {…}, "preferred_output": […], "non_preferred_output": […]}} or its older spelling. */
final class PreferenceParser {

    /** Each output with its older name. */
    private static final String[] PREFERRED = {"preferred_output", "preferred_completion"};

    private static final String[] NON_PREFERRED = {"non_preferred_output", "non_preferred_completion"};
    private static final Set<String> KNOWN_KEYS =
            Set.of("input", PREFERRED[0], PREFERRED[1], NON_PREFERRED[0], NON_PREFERRED[1]);
    private static final String OUTPUT = "an array of one assistant message";
    private static final String OUTPUT_REMEDY = "write [{\"role\": \"assistant\", \"content\": \"…\"}]";

    private PreferenceParser() {}

    /** Whether an object is meant as such a row. */
    static boolean isPreference(Map<String, @Nullable Object> row) {
        return !row.containsKey("messages")
                && (row.get("input") instanceof Map<?, ?>
                        || KNOWN_KEYS.stream().anyMatch(key -> !key.equals("input") && row.containsKey(key)));
    }

    static PreferenceRow parse(Place place, Map<String, @Nullable Object> row, List<UnknownKey> unknownKeys)
            throws RowRejectedException {
        unknownKeys.addAll(UnknownKey.of(row.keySet(), "", KNOWN_KEYS));
        Map<String, @Nullable Object> input = place.key("input")
                .object(row.get("input"), RowFault.INVALID_INPUT, "write {\"messages\": [{\"role\": \"user\", …}]}");
        unknownKeys.addAll(UnknownKey.of(input.keySet(), "input.", ConversationParser.KNOWN_KEYS));
        List<UnknownKey> ofMessages = new ArrayList<>();
        ChatRow asked =
                ConversationParser.parse(place.key("input"), input, ofMessages).untrained();
        ofMessages.forEach(key -> unknownKeys.add(key.within("input.")));
        ChatMessage preferred = output(place, row, PREFERRED, unknownKeys);
        ChatMessage rejected = output(place, row, NON_PREFERRED, unknownKeys);
        if (preferred.equals(rejected)) {
            throw place.key(key(place, row, NON_PREFERRED))
                    .reject(
                            RowFault.IDENTICAL_OUTPUTS,
                            "another answer than the preferred one",
                            "the same",
                            "remove the row: there is nothing to prefer");
        }
        return new PreferenceRow(asked.with(preferred), asked.with(rejected));
    }

    private static ChatMessage output(
            Place place, Map<String, @Nullable Object> row, String[] names, List<UnknownKey> unknownKeys)
            throws RowRejectedException {
        String key = key(place, row, names);
        Place at = place.key(key);
        if (!(row.get(key) instanceof List<?> values) || values.size() != 1) {
            throw at.reject(RowFault.INVALID_OUTPUT, OUTPUT, ConversationParser.found(row.get(key)), OUTPUT_REMEDY);
        }
        ChatMessage message = MessageParser.parse(at.index(0), values.get(0));
        if (message.role() != Role.ASSISTANT) {
            String found = "a message of role " + message.role().wireName();
            throw at.index(0).reject(RowFault.INVALID_OUTPUT, "an assistant message", found, OUTPUT_REMEDY);
        }
        if (!message.isTrained()) {
            throw at.index(0)
                    .key("weight")
                    .reject(RowFault.INVALID_WEIGHT, "1 or nothing", "0", "remove it: both answers of a pair count");
        }
        unknownKeys.addAll(MessageParser.unknownKeys(key, (Map<?, ?>) values.get(0)));
        return message;
    }

    private static String key(Place place, Map<String, @Nullable Object> row, String[] names)
            throws RowRejectedException {
        boolean older = row.containsKey(names[1]);
        if (older && row.containsKey(names[0])) {
            throw place.key(names[1])
                    .reject(
                            RowFault.INVALID_OUTPUT,
                            "one of '%s' and '%s'".formatted(names[0], names[1]),
                            "both",
                            "remove this one: it is the older name of the other");
        }
        return older ? names[1] : names[0];
    }
}
