package dev.anneal.protocol;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers the prompts of a file: greedily, counting exact matches with the last assistant message of each row, or with completions that are sampled and graded.
 *
 * @param checkpointDirectory adapter to apply, unmerged, or null for the model as it is
 * @param testFile absolute path of a JSONL file: of prompts if there is a grading, else of chats or pairs
 * @param maxNewTokens tokens after which an answer is cut
 * @param sampleRows how many rows are reported word for word
 * @param grading how completions are sampled and graded; null compares greedy answers
 */
public record EvaluateTask(
        BaseModel model,
        Machine machine,
        Instant templateTime,
        @Nullable String checkpointDirectory,
        String testFile,
        int maxNewTokens,
        int sampleRows,
        @Nullable Grading grading)
        implements ModelTask {

    /**
     * How completions are sampled and what says what they are worth.
     *
     * @param grader as the request has it
     * @param completions of each prompt, at least 1
     * @param temperature 0 takes the most likely token each time, else at least 1e-6
     * @param seed the same one samples the same completions
     */
    public record Grading(Map<String, @Nullable Object> grader, int completions, double temperature, long seed) {

        public Grading {
            grader = Collections.unmodifiableMap(new LinkedHashMap<>(grader));
        }
    }
}
