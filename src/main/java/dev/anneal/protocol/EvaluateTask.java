package dev.anneal.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Answers the prompts of a chat file greedily and counts exact matches with the last assistant message of each row.
 *
 * @param checkpointDirectory adapter to apply, unmerged, or null for the model as it is
 * @param testFile absolute path of a JSONL chat file
 * @param maxNewTokens tokens after which an answer is cut
 * @param sampleRows how many rows are reported word for word
 */
public record EvaluateTask(
        BaseModel model,
        Machine machine,
        Instant templateTime,
        @Nullable String checkpointDirectory,
        String testFile,
        int maxNewTokens,
        int sampleRows)
        implements ModelTask {}
