package dev.anneal.engine.text.rows;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param content the text; a list of text parts is joined. Null only if an assistant calls tools without text
 * @param isTrained whether the model learns to write this message: assistant messages, unless their {@code weight} is 0
 * @param otherKeys further keys for templates, in the row's order: {@code name}, {@code tool_calls} with their
 *     arguments as objects, {@code tool_call_id}, {@code reasoning_content} …
 */
public record ChatMessage(
        MessageRole role,
        @Nullable String content,
        boolean isTrained,
        Map<String, ? extends @Nullable Object> otherKeys) {

    /** Keys of a message's reasoning, for which open models have three names. */
    public static final List<String> REASONING_KEYS = List.of("reasoning_content", "reasoning", "thinking");

    public ChatMessage {
        otherKeys = Collections.unmodifiableMap(new LinkedHashMap<>(otherKeys));
        if (isTrained && role != MessageRole.ASSISTANT) {
            throw new IllegalArgumentException("only assistant messages are trained, this one is of role " + role);
        }
    }

    /** A message with only text, trained if it is the assistant's. */
    public static ChatMessage of(MessageRole role, String content) {
        return new ChatMessage(role, content, role == MessageRole.ASSISTANT, Map.of());
    }

    /** The message as context. */
    ChatMessage untrained() {
        return new ChatMessage(role, content, false, otherKeys);
    }
}
