package dev.anneal.engine.text.rows;

import dev.anneal.protocol.WireName;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who speaks in a message: the roles of OpenAI's chat format. */
public enum Role implements WireName {
    SYSTEM,
    /** OpenAI's newer name of {@link #SYSTEM}; chat templates of open models know only the older one. */
    DEVELOPER,
    USER,
    ASSISTANT,
    TOOL,
    /** Deprecated form of {@link #TOOL}. */
    FUNCTION;

    private static final Map<String, Role> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Role::wireName, role -> role));

    static Optional<Role> named(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }

    /** The name that chat templates are given. */
    public String templateName() {
        return switch (this) {
            case SYSTEM, DEVELOPER -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
            case TOOL, FUNCTION -> "tool";
        };
    }
}
