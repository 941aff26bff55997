package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.RowRejectedException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A conversation: one line of a supervised dataset, or a part of a line of another.
 *
 * @param messages messages in order; at least one
 * @param tools functions the assistant may call, each as OpenAI's {@code {"type": "function", "function": {…}}}; empty
 *     if the row has none
 */
public record ChatRow(List<ChatMessage> messages, List<Map<String, @Nullable Object>> tools) implements DatasetRow {

    public ChatRow {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a conversation has at least one message");
        }
    }

    /**
     * Parses the conversation of a generation request.
     *
     * @param json an object with {@code messages} and optionally {@code tools}, as in a dataset's rows; other keys are
     *     ignored
     * @throws RowRejectedException naming the path of the fault
     */
    public static ChatRow parse(String json) throws RowRejectedException {
        return RowParser.parseRequest(json);
    }

    /** Index of the last assistant message; -1 if there is none. */
    public int lastAssistant() {
        int last = messages.size() - 1;
        while (last >= 0 && messages.get(last).role() != MessageRole.ASSISTANT) {
            last--;
        }
        return last;
    }

    /** Whether it ends with a user message, so that all of it is a prompt. */
    public boolean isPrompt() {
        return lastMessage().role() == MessageRole.USER;
    }

    ChatMessage lastMessage() {
        return messages.get(messages.size() - 1);
    }

    /** The conversation without trained messages. */
    ChatRow untrained() {
        return new ChatRow(messages.stream().map(ChatMessage::untrained).toList(), tools);
    }

    /** The conversation with another message appended. */
    ChatRow with(ChatMessage last) {
        return new ChatRow(Stream.concat(messages.stream(), Stream.of(last)).toList(), tools);
    }

    @Override
    public DatasetFormat format() {
        return DatasetFormat.CHAT;
    }

    @Override
    public ChatRow conversation() {
        return this;
    }
}
