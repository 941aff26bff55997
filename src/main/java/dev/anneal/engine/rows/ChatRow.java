package dev.anneal.engine.rows;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation of a dataset: one line of its file.
 *
 * @param messages in the order in which they were said; at least one
 * @param tools functions the assistant may call, each as OpenAI's {@code {"type": "function", "function": {…}}}; empty if the row has none
 */
public record ChatRow(List<ChatMessage> messages, List<Map<String, @Nullable Object>> tools) {

    public ChatRow {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a conversation has at least one message");
        }
    }

    /** Index of the last message of the assistant, the answer in question where a model is asked; -1 if it says nothing. */
    public int lastAssistant() {
        int last = messages.size() - 1;
        while (last >= 0 && messages.get(last).role() != Role.ASSISTANT) {
            last--;
        }
        return last;
    }
}
