package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.Grade;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sampled answer with its grade.
 *
 * @param ids its tokens, with the one that ended it; not to be changed
 * @param isCut whether it was cut before it came to an end
 * @param text what the grader read
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares completions
public record Completion(int[] ids, boolean isCut, String text, Grade grade) {

    /** Number of tokens, with the one that ended it. */
    public int length() {
        return ids.length;
    }

    /** Errors of grading, each with the grader's name. */
    public List<String> faults() {
        return grade.errors().stream()
                .map(error -> error.grader() + ": " + error.message())
                .toList();
    }

    /** Null if the grader came to no verdict. */
    public @Nullable Double reward() {
        return grade.reward();
    }
}
