package dev.anneal.engine.text.rows;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param content the text; a list of text parts is joined. Null only where an assistant calls tools without saying anything
 * @param isTrained whether the model learns to write this message: assistant messages, unless their {@code weight} is 0
 * @param otherKeys keys that templates may use besides role and content, in the row's order: {@code name}, {@code tool_calls} with their arguments as objects,
 *     {@code tool_call_id}, {@code reasoning_content} …
 */
public record ChatMessage(
        Role role, @Nullable String content, boolean isTrained, Map<String, ? extends @Nullable Object> otherKeys) {

    /** Keys of a message's reasoning: open models have three names for it. */
    public static final List<String> REASONING_KEYS = List.of("reasoning_content", "reasoning", "thinking");

    public ChatMessage {
        otherKeys = Collections.unmodifiableMap(new LinkedHashMap<>(otherKeys));
        if (isTrained && role != Role.ASSISTANT) {
            throw new IllegalArgumentException("only assistant messages are trained, this one is of role " + role);
        }
    }

    /** A message of text alone, trained if the assistant says it. */
    public static ChatMessage of(Role role, String content) {
        return new ChatMessage(role, content, role == Role.ASSISTANT, Map.of());
    }

    /** The same message as context. */
    ChatMessage untrained() {
        return new ChatMessage(role, content, false, otherKeys);
    }
}
