package dev.anneal.engine.text.rows;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the rows of a file are; the first row decides. The names appear in reports. */
public enum DatasetFormat {
    /** Conversations whose assistant messages are learned. */
    CHAT("messages that end with the assistant's"),
    /** A conversation with an answer to prefer and one to avoid. */
    PREFERENCE("input, preferred_output, non_preferred_output"),
    /** Conversations that wait for an answer, which a grader will judge. */
    REINFORCEMENT("messages that end with the user's");

    private final String content;

    DatasetFormat(String content) {
        this.content = content;
    }

    /** The name in reports. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format in words: its name, and what its rows have. */
    public String description() {
        return "the format '%s' (%s)".formatted(wireName(), content);
    }
}
