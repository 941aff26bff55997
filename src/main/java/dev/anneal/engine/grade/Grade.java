package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Grade of a completion.
 *
 * @param reward finite, at most {@link #MAX_MAGNITUDE} away from 0; null if grading failed, which says nothing about
 *     the completion
 * @param parts rewards of the graders in a formula, by name; empty without a formula
 * @param errors errors of grading, possible even with a reward
 * @param judgeTokens tokens that judging models read and generated, by model
 */
public record Grade(
        @Nullable Double reward,
        Map<String, @Nullable Double> parts,
        List<GradeError> errors,
        Map<String, Long> judgeTokens) {

    /** Larger rewards are treated as errors: their squares would dominate those of all other completions. */
    public static final double MAX_MAGNITUDE = 1e6;

    public Grade {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        errors = List.copyOf(errors);
        judgeTokens = Map.copyOf(judgeTokens);
    }

    /** A computed reward; one that is not finite or too large counts as an error. */
    static Grade of(String grader, double reward) {
        return new Grade(0.0, Map.of(), List.of(), Map.of()).withReward(grader, reward);
    }

    /** A failed grade. */
    static Grade none(GradeError error) {
        return new Grade(null, Map.of(), List.of(error), Map.of());
    }

    /** A template that could not be filled: 0 if the completion is at fault, otherwise a failed grade. */
    static Grade unfilled(String grader, UnfillableTemplateException fault) {
        Double reward = fault.flag() == ErrorFlag.SAMPLE_PARSE_ERROR ? 0.0 : null;
        GradeError error = new GradeError(fault.flag(), grader, fault.explanation());
        return new Grade(reward, Map.of(), List.of(error), Map.of());
    }

    Grade withReward(String grader, double value) {
        if (Double.isFinite(value) && Math.abs(value) <= MAX_MAGNITUDE) {
            return new Grade(value, parts, errors, judgeTokens);
        }
        String message = "the reward must be a number between -1e6 and 1e6, but is " + value;
        return new Grade(null, parts, errors, judgeTokens)
                .withError(new GradeError(ErrorFlag.OTHER_ERROR, grader, message));
    }

    Grade withError(GradeError error) {
        List<GradeError> all = new ArrayList<>(errors);
        all.add(error);
        return new Grade(reward, parts, all, judgeTokens);
    }

    Grade withJudgeTokens(String model, long tokens) {
        return new Grade(reward, parts, errors, Map.of(model, tokens));
    }

    public boolean has(ErrorFlag flag) {
        return errors.stream().anyMatch(error -> error.flag() == flag);
    }
}
