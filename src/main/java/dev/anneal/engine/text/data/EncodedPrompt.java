package dev.anneal.engine.text.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of a reinforcement dataset as token ids, with the generation prompt. The array must not be changed.
 *
 * @param line line of the file, from 1
 * @param item all keys of the row, for graders
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record EncodedPrompt(long line, int[] ids, Map<String, ? extends @Nullable Object> item) {}
