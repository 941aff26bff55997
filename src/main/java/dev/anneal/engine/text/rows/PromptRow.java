package dev.anneal.engine.text.rows;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation without an answer.
 *
 * @param prompt conversation that ends with a user message, without trained messages
 * @param item all keys of the row with their values, including {@code messages}, for a grader's {@code {{item.key}}}
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
