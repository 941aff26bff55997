package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one completion is worth.
 *
 * @param reward finite, at most {@link #MAX_MAGNITUDE} away from 0; null if the grader came to no verdict, which says nothing about the completion
 * @param parts the rewards of the graders that a formula combines, by their names there; empty without a formula
 * @param errors what went wrong, empty if nothing did. There may be a reward nevertheless
 * @param judgeTokens tokens that judging models read and wrote, by model
 */
public record Grade(
        @Nullable Double reward,
        Map<String, @Nullable Double> parts,
        List<GradeError> errors,
        Map<String, Long> judgeTokens) {

    /** Rewards beyond this are taken for mistakes: their squares would drown those of all other completions. */
    public static final double MAX_MAGNITUDE = 1e6;

    public Grade {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        errors = List.copyOf(errors);
        judgeTokens = Map.copyOf(judgeTokens);
    }

    /** A reward that a grader computed; one that is not finite, or too large, is no verdict. */
    static Grade of(String grader, double reward) {
        return new Grade(0.0, Map.of(), List.of(), Map.of()).withReward(grader, reward);
    }

    /** No verdict. */
    static Grade none(GradeError error) {
        return new Grade(null, Map.of(), List.of(error), Map.of());
    }

    /** A template that could not be filled: worth 0 where the completion is to blame, else no verdict. */
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
