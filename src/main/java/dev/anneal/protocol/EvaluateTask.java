package dev.anneal.protocol;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a model on a file: counts greedy answers that match the last assistant message of their row, or samples and
 * grades completions.
 *
 * @param checkpointDirectory adapter to apply, unmerged, or null for the model as it is
 * @param testFile absolute path of a JSONL file of prompts if {@code grading} is set, else of chats or pairs
 * @param maxNewTokens maximum number of tokens of an answer
 * @param sampleRows number of rows whose texts are reported
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
     * How completions are sampled and graded.
     *
     * @param grader grader object of the request
     * @param completions number of completions of each prompt, at least 1
     * @param temperature 0 for greedy decoding, otherwise at least 1e-6
     * @param seed seed of sampling; equal seeds give equal completions
     */
    public record Grading(Map<String, @Nullable Object> grader, int completions, double temperature, long seed) {

        public Grading {
            grader = Collections.unmodifiableMap(new LinkedHashMap<>(grader));
        }
    }
}
