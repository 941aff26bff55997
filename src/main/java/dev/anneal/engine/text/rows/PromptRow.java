package dev.anneal.engine.text.rows;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that waits for an answer.
 *
 * @param prompt its last message is the user's; nothing in it is trained
 * @param item every key of the row with its value, {@code messages} included: what a grader's {@code {{item.key}}} reads
 */
public record PromptRow(ChatRow prompt, Map<String, ? extends @Nullable Object> item) implements DatasetRow {

    public PromptRow {
        item = Collections.unmodifiableMap(new LinkedHashMap<>(item));
    }

    @Override
    public DatasetFormat format() {
        return DatasetFormat.REINFORCEMENT;
    }

    @Override
    public ChatRow conversation() {
        return prompt;
    }
}
