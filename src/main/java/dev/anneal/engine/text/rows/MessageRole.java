package dev.anneal.engine.text.rows;

import dev.anneal.protocol.WireName;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Roles of messages in OpenAI's chat format. */
public enum MessageRole implements WireName {
    SYSTEM,
    /** OpenAI's newer name of {@link #SYSTEM}; chat templates of open models support only the older one. */
    DEVELOPER,
    USER,
    ASSISTANT,
    TOOL,
    /** Deprecated form of {@link #TOOL}. */
    FUNCTION;

    private static final Map<String, MessageRole> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(MessageRole::wireName, role -> role));

    static Optional<MessageRole> named(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }

    /** The name for chat templates. */
    public String templateName() {
        return switch (this) {
            case SYSTEM, DEVELOPER -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
            case TOOL, FUNCTION -> "tool";
        };
    }
}
