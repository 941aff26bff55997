package dev.anneal.engine.text.rows;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Formats of rows; the first row of a file decides. The names appear in reports. */
public enum DatasetFormat {
    /** Conversations whose assistant messages are learned. */
    CHAT("messages that end with the assistant's"),
    /** A conversation with an answer to prefer and one to avoid. */
    PREFERENCE("input, preferred_output, non_preferred_output"),
    /** Conversations without an answer, for sampling and grading. */
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

    /** The format's name and the keys of its rows, for messages. */
    public String description() {
        return "the format '%s' (%s)".formatted(wireName(), content);
    }
}
