package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.Grade;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One sampled answer with its grade. */
public final class Completion {

    private final int[] ids;
    private final boolean isCut;
    private final String text;
    private final Grade grade;

    Completion(int[] ids, boolean isCut, String text, Grade grade) {
        this.ids = ids;
        this.isCut = isCut;
        this.text = text;
        this.grade = grade;
    }

    /** Its tokens, with the one that ended it. */
    public int[] ids() {
        return ids.clone();
    }

    /** Tokens, with the one that ended it. */
    public int length() {
        return ids.length;
    }

    /** Whether it was cut before it came to an end. */
    public boolean isCut() {
        return isCut;
    }

    /** What the grader read. */
    public String text() {
        return text;
    }

    public Grade grade() {
        return grade;
    }

    /** What went wrong in grading, each with the grader's name. */
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
