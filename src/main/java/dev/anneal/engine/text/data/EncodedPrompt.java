package dev.anneal.engine.text.data;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of a reinforcement dataset as token ids, generation prompt included. The array is the row's own: read it, do not change it.
 *
 * @param line line of the file, counted from 1, that the row comes from
 * @param item every key of the row, for graders
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record EncodedPrompt(long line, int[] ids, Map<String, ? extends @Nullable Object> item) {}
