package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.Grade;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sampled answer with its grade.
 *
 * @param ids its tokens, including the end token; must not be changed
 * @param isCut whether it was cut before its end
 * @param text text for the grader
 * @param drafted draft tokens that were read for it
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares completions
public record Completion(int[] ids, boolean isCut, String text, Grade grade, DraftedTokens drafted) {

    /** Number of tokens, including the end token. */
    public int length() {
        return ids.length;
    }

    /** Errors of grading, each with the grader's name. */
    public List<String> faults() {
        return grade.errors().stream()
                .map(error -> error.grader() + ": " + error.message())
                .toList();
    }

    /** Null if the grader gave none. */
    public @Nullable Double reward() {
        return grade.reward();
    }
}
